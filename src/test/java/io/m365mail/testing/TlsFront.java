package io.m365mail.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Speaks TLS on a port of 127.0.0.1 and hands everything to a server that speaks none: from the first byte, or after an
 * IMAP STARTTLS of its own, before which it offers nothing else.
 */
public final class TlsFront implements AutoCloseable {
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final SSLContext tls;
    private final int behind;
    private final boolean startTls;

    public TlsFront(SSLContext tls, int behind, boolean startTls) throws IOException {
        this.tls = tls;
        this.behind = behind;
        this.startTls = startTls;
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        thread(() -> {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                thread(() -> serve(client));
            }
        });
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void serve(Socket client) throws IOException {
        if (startTls && !negotiated(client)) {
            return;
        }
        var secure = (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), true);
        secure.setUseClientMode(false);
        secure.startHandshake();
        var server = new Socket("127.0.0.1", behind);
        sockets.add(server);
        if (startTls) {
            readLine(server.getInputStream()); // the greeting, which the client has had
        }
        thread(() -> pump(server, secure));
        pump(secure, server);
    }

    private static boolean negotiated(Socket client) throws IOException {
        OutputStream out = client.getOutputStream();
        say(out, "* OK ready");
        for (String line = readLine(client.getInputStream()); line != null; line = readLine(client.getInputStream())) {
            String[] words = line.split(" ");
            switch (words.length < 2 ? "" : words[1]) {
                case "CAPABILITY" -> {
                    say(out, "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED");
                    say(out, words[0] + " OK done");
                }
                case "STARTTLS" -> {
                    say(out, words[0] + " OK begin");
                    return true;
                }
                default -> say(out, words[0] + " BAD only STARTTLS here");
            }
        }
        return false;
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Byte by byte: what follows belongs to TLS. */
    private static String readLine(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return line.toString().strip();
            }
            line.append((char) c);
        }
        return null;
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The other side, or the test, has closed.
                    }
                },
                "tls-front");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
