package io.m365mail.smtp.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that takes everything with PIPELINING, and counts sockets and messages. */
final class SinkServer implements AutoCloseable {
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger messages = new AtomicInteger();
    final AtomicInteger recipients = new AtomicInteger();
    final AtomicInteger quits = new AtomicInteger();
    /** QUIT gets no answer. */
    volatile boolean silentAtQuit;

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    SinkServer() throws IOException {
        listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "sink");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                connections.incrementAndGet();
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var out = socket.getOutputStream();
            say(out, "220 sink");
            String line = in.readLine();
            while (line != null && converse(line, in, out, socket)) {
                line = in.readLine();
            }
        } catch (IOException e) {
            return;
        } finally {
            ended(socket);
        }
    }

    private boolean converse(String line, BufferedReader in, OutputStream out, Socket socket) throws IOException {
        switch (line.split("[ :]")[0].toUpperCase(Locale.ROOT)) {
            case "EHLO" -> say(out, "250-sink\r\n250-SIZE 0\r\n250 PIPELINING");
            case "DATA" -> {
                say(out, "354 go");
                for (String text = in.readLine(); !".".equals(text); text = in.readLine()) {
                    if (text == null) {
                        return false;
                    }
                }
                messages.incrementAndGet();
                say(out, "250 2.6.0 taken");
            }
            case "RCPT" -> {
                recipients.incrementAndGet();
                say(out, "250 2.1.5 " + "x".repeat(200));
            }
            case "QUIT" -> {
                quits.incrementAndGet();
                if (silentAtQuit) {
                    return true;
                }
                ended(socket);
                say(out, "221 bye");
                return false;
            }
            default -> say(out, "250 ok");
        }
        return true;
    }

    /** Counted before the client can know of it. */
    private void ended(Socket socket) {
        if (sockets.remove(socket)) {
            now.decrementAndGet();
        }
    }

    private static void say(OutputStream out, String lines) throws IOException {
        out.write((lines + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Closes what is open, as a server that restarts; goes on accepting. */
    void dropAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        dropAll();
    }
}
