package io.m365mail.smtp.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;

/**
 * A server that says what a script says, whatever it is told. Each connection plays the next session; what came
 * otherwise than the script expects is noted in {@link #complaints}.
 *
 * <pre>
 * expect PREFIX     read a line, it must start so
 * reply LINE        send a line
 * data              read until the lone dot; the content goes to {@link #messages}
 * bdat              read "BDAT n LAST" and n bytes
 * starttls ALIAS    handshake with that certificate of {@link KeytoolStores}
 * mutual ALIAS      the same, and the client must show a certificate of {@code ca}
 * raw HEX           send bytes
 * read              read what comes, at least a byte
 * flood TEXT        send TEXT (\r\n for line ends) until nobody listens
 * drip TEXT         send TEXT again and again, slowly, until nobody listens
 * close             close the connection
 * reset             close it with RST
 * sleep             neither read nor write until the test ends
 * eof               wait until the client closes
 * </pre>
 */
public final class ScriptedServer implements AutoCloseable {
    public final List<byte[]> messages = new CopyOnWriteArrayList<>();
    public final List<String> complaints = new CopyOnWriteArrayList<>();
    public final List<String> commands = new CopyOnWriteArrayList<>();
    public final AtomicInteger connections = new AtomicInteger();

    private final ServerSocket listener;
    private final List<List<String>> sessions;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** @param sessions the last is played again for further connections */
    public ScriptedServer(List<List<String>> sessions) throws IOException {
        this.sessions = sessions;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        var thread = new Thread(this::accept, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                int number = connections.getAndIncrement();
                List<String> script = sessions.get(Math.min(number, sessions.size() - 1));
                var session = new Thread(() -> play(socket, script), "scripted-session-" + number);
                session.setDaemon(true);
                session.start();
            }
        } catch (IOException e) {
            // The listener was closed: the end of the test.
            return;
        }
    }

    private void play(Socket socket, List<String> script) {
        String step = "";
        try (socket) {
            var session = new Session(socket);
            for (String line : script) {
                step = line;
                session.step(line);
            }
        } catch (IOException | java.security.GeneralSecurityException | InterruptedException e) {
            if (!step.startsWith("flood")
                    && !step.startsWith("drip")
                    && !step.startsWith("starttls")
                    && !step.startsWith("mutual")) {
                complaints.add("at '" + step + "': " + e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        ended.countDown();
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private final class Session {
        private Socket socket;
        private InputStream in;
        private OutputStream out;

        Session(Socket socket) throws IOException {
            use(socket);
        }

        private void use(Socket now) throws IOException {
            socket = now;
            now.setSoTimeout(20_000);
            now.setTcpNoDelay(true);
            in = new BufferedInputStream(now.getInputStream());
            out = now.getOutputStream();
        }

        void step(String line) throws IOException, java.security.GeneralSecurityException, InterruptedException {
            String[] words = line.split(" ", 2);
            String argument = words.length > 1 ? words[1] : "";
            switch (words[0]) {
                case "expect" -> expect(argument);
                case "reply" -> out.write((argument + "\r\n").getBytes(StandardCharsets.UTF_8));
                case "data" -> messages.add(dotted());
                case "bdat" -> messages.add(chunk());
                case "starttls" -> startTls(argument, false);
                case "mutual" -> startTls(argument, true);
                case "raw" -> out.write(HexFormat.of().parseHex(argument));
                case "read" -> in.read(new byte[4096]);
                case "flood" -> flood(argument.replace("\\r\\n", "\r\n"));
                case "drip" -> drip(argument.replace("\\r\\n", "\r\n"));
                case "sleep" -> ended.await();
                case "close" -> socket.close();
                case "reset" -> reset();
                case "eof" -> in.transferTo(OutputStream.nullOutputStream());
                default -> throw new IllegalArgumentException("unknown step: " + line);
            }
        }

        private void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        private void expect(String prefix) throws IOException {
            String line = line();
            commands.add(line);
            if (!line.startsWith(prefix)) {
                complaints.add("expected '" + prefix + "', got '" + line + "'");
            }
        }

        private String line() throws IOException {
            var bytes = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("closed after '" + bytes + "'");
                }
                bytes.write(b);
            }
            String line = bytes.toString(StandardCharsets.UTF_8);
            if (!line.endsWith("\r")) {
                complaints.add("a command without CRLF: " + line);
            }
            return line.strip();
        }

        private byte[] dotted() throws IOException {
            var all = new ByteArrayOutputStream();
            int lineStart = 0;
            while (true) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("closed before the lone dot");
                }
                all.write(b);
                if (b == '\n') {
                    if (all.size() - lineStart == 3
                            && all.toString(StandardCharsets.ISO_8859_1).endsWith(".\r\n")) {
                        return Unstuffing.of(all.toByteArray());
                    }
                    lineStart = all.size();
                }
            }
        }

        private byte[] chunk() throws IOException {
            String line = line();
            commands.add(line);
            String[] words = line.split(" ");
            if (words.length != 3 || !words[0].equals("BDAT") || !words[2].equals("LAST")) {
                complaints.add("expected BDAT n LAST, got " + line);
            }
            return in.readNBytes(Integer.parseInt(words[1]));
        }

        private void startTls(String alias, boolean mutual) throws IOException, java.security.GeneralSecurityException {
            var tls = (SSLSocket) KeytoolStores.get()
                    .serverContext(alias)
                    .getSocketFactory()
                    .createSocket(socket, "localhost", socket.getPort(), true);
            tls.setUseClientMode(false);
            tls.setNeedClientAuth(mutual);
            tls.startHandshake();
            use(tls);
        }

        private void drip(String text) throws IOException {
            socket.setSoTimeout(50);
            while (true) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                try {
                    if (in.read() < 0) {
                        return;
                    }
                } catch (SocketTimeoutException e) {
                    // The client waits for the end of the reply: here is some more of it.
                    continue;
                }
            }
        }

        private void flood(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            while (true) {
                out.write(bytes);
            }
        }
    }
}
