package io.m365mail.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A mail server without limits that takes everything and keeps what it took, but refuses recipients as their address
 * tells it: {@code dead…@} for good, {@code later…@} for now.
 */
public final class MailSink implements AutoCloseable {
    private static final int KEPT = 64 << 20;

    private final Queue<Mail> taken = new ConcurrentLinkedQueue<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener;

    public MailSink() throws IOException {
        listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    /**
     * @param text the first 64 MiB
     * @param size of all
     */
    public record Mail(String from, List<String> to, String text, long size) {
        public String field(String name) {
            return text.lines()
                    .takeWhile(l -> !l.isEmpty())
                    .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(l -> l.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    public List<Mail> taken() {
        return List.copyOf(taken);
    }

    /** The keys of a transport that leads here, and of the rule that everything takes it. */
    public String transport() {
        return """
                m365.transport.sink.type=server
                m365.transport.sink.host=127.0.0.1
                m365.transport.sink.port=%d
                m365.transport.sink.tls=off
                m365.route.1.transport=sink
                """
                .formatted(port());
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "mail-sink");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Conversation(new BufferedInputStream(socket.getInputStream(), 64 << 10), socket.getOutputStream())
                    .run();
        } catch (IOException e) {
            return;
        } finally {
            sockets.remove(socket);
        }
    }

    private final class Conversation {
        private final InputStream in;
        private final OutputStream out;
        private String from;
        private List<String> to = new ArrayList<>();

        Conversation(InputStream in, OutputStream out) {
            this.in = in;
            this.out = out;
        }

        void run() throws IOException {
            say("220 sink");
            for (String line = line(); line != null; line = line()) {
                switch (line.split("[ :]")[0].toUpperCase(Locale.ROOT)) {
                    case "EHLO" -> say("250-sink\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 PIPELINING");
                    case "MAIL" -> {
                        from = path(line);
                        to = new ArrayList<>();
                        say("250 2.1.0 ok");
                    }
                    case "RCPT" -> recipient(path(line));
                    case "DATA" -> data();
                    case "QUIT" -> {
                        say("221 bye");
                        return;
                    }
                    default -> say("250 ok");
                }
            }
        }

        private void recipient(String address) throws IOException {
            if (address.startsWith("dead")) {
                say("550 5.1.1 no such mailbox");
            } else if (address.startsWith("later")) {
                say("450 4.2.1 come back later");
            } else {
                to.add(address);
                say("250 2.1.5 ok");
            }
        }

        private void data() throws IOException {
            if (to.isEmpty()) {
                say("554 5.5.1 no valid recipients");
                return;
            }
            say("354 go");
            var text = new ByteArrayOutputStream();
            long size = 0;
            int state = 2;
            while (state < 5) {
                int b = in.read();
                if (b < 0) {
                    throw new IOException("cut off");
                }
                size++;
                if (size <= KEPT) {
                    text.write(b);
                }
                // The end is CR LF dot CR LF.
                state = next(state, b);
            }
            taken.add(new Mail(from, to, text.toString(StandardCharsets.UTF_8), size));
            say("250 2.6.0 taken");
        }

        private static int next(int state, int b) {
            int wanted = "\r\n.\r\n".charAt(state);
            return b == wanted ? state + 1 : b == '\r' ? 1 : 0;
        }

        private String line() throws IOException {
            var line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                line.write(b);
            }
            return line.toString(StandardCharsets.UTF_8).strip();
        }

        private void say(String lines) throws IOException {
            out.write((lines + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        private static String path(String line) {
            return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
