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
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A mail server that shares no line with the product: it unstuffs dots by itself, takes BDAT where it offers it, and
 * keeps the envelope, the number of bytes, their SHA-256 and, up to a size, the bytes. So what it says that came is proof.
 */
public final class SmtpSink implements AutoCloseable {
    private static final int KEPT_BYTES = 2 << 20;

    /**
     * One message that was answered with 250.
     *
     * @param way {@code DATA} or {@code BDAT}
     * @param bytes its beginning: whole messages below 2 MiB
     * @param bodySha256 of what follows the first empty line
     */
    public record Message(
            String mail, List<String> rcpt, String way, long size, byte[] bytes, String bodySha256, long bodySize) {}

    private final ServerSocket listener;
    private final boolean chunking;
    private final Function<Message, String> reply;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Message> messages = new ArrayList<>();

    public SmtpSink(boolean chunking) throws IOException {
        this(chunking, m -> "250 2.6.0 taken");
    }

    /** @param reply to a whole message; what is not 250 is not kept */
    public SmtpSink(boolean chunking, Function<Message, String> reply) throws IOException {
        this.chunking = chunking;
        this.reply = reply;
        listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The keys of a {@code server} transport to here. */
    public String transport(String name) {
        return "m365.transport.%1$s.type=server\nm365.transport.%1$s.host=127.0.0.1\nm365.transport.%1$s.port=%2$d\n"
                        .formatted(name, port())
                + "m365.transport.%s.tls=off\n".formatted(name);
    }

    public List<Message> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    /** Waits for so many messages; fails with how many there are. */
    public List<Message> await(int n, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (messages) {
            while (messages.size() < n) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError(
                            "the sink has " + messages.size() + " messages of " + n + " after " + limit);
                }
                messages.wait(left);
            }
            return List.copyOf(messages);
        }
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "test-sink");
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
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Session(new BufferedInputStream(socket.getInputStream(), 64 << 10), socket.getOutputStream()).run();
        } catch (IOException gone) {
            return;
        } finally {
            sockets.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private final class Session {
        private final InputStream in;
        private final OutputStream out;
        private String mail;
        private List<String> rcpt = new ArrayList<>();
        private Keeper keeper;

        Session(InputStream in, OutputStream out) {
            this.in = in;
            this.out = out;
        }

        void run() throws IOException {
            say("220 sink");
            for (String line = line(); line != null; line = line()) {
                String verb = line.split("[ :]")[0].toUpperCase(Locale.ROOT);
                switch (verb) {
                    case "EHLO" ->
                        say("250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
                                + (chunking ? "250-CHUNKING\r\n250-BINARYMIME\r\n" : "")
                                + "250 PIPELINING");
                    case "MAIL" -> {
                        reset();
                        mail = path(line);
                        say("250 ok");
                    }
                    case "RCPT" -> {
                        rcpt.add(path(line));
                        say("250 ok");
                    }
                    case "DATA" -> {
                        say("354 go");
                        keeper = new Keeper();
                        unstuff();
                        taken("DATA");
                    }
                    case "BDAT" -> bdat(line.split(" "));
                    case "QUIT" -> {
                        say("221 bye");
                        return;
                    }
                    default -> {
                        reset();
                        say("250 ok");
                    }
                }
            }
        }

        private void bdat(String[] words) throws IOException {
            keeper = keeper == null ? new Keeper() : keeper;
            byte[] buffer = new byte[64 << 10];
            for (long left = Long.parseLong(words[1]); left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw new IOException("the client left");
                }
                keeper.write(buffer, n);
                left -= n;
            }
            if (words.length > 2) {
                taken("BDAT");
            } else {
                say("250 ok");
            }
        }

        /** Up to CRLF.CRLF; a dot at the start of a line is dropped. */
        private void unstuff() throws IOException {
            var text = new ByteArrayOutputStream(64 << 10);
            boolean lineStart = true;
            while (true) {
                int b = next();
                if (lineStart && b == '.') {
                    b = next();
                    if (b == '\r') {
                        int after = next();
                        if (after == '\n') {
                            break;
                        }
                        text.write('\r');
                        b = after;
                    }
                }
                text.write(b);
                lineStart = false;
                while (b == '\r') {
                    b = next();
                    text.write(b);
                    lineStart = b == '\n';
                }
                if (text.size() >= 60 << 10) {
                    keeper.write(text.toByteArray(), text.size());
                    text.reset();
                }
            }
            keeper.write(text.toByteArray(), text.size());
        }

        private int next() throws IOException {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the client left");
            }
            return b;
        }

        private void taken(String way) throws IOException {
            Message message = keeper.message(mail, rcpt, way);
            String answer = reply.apply(message);
            if (answer.startsWith("250")) {
                synchronized (messages) {
                    messages.add(message);
                    messages.notifyAll();
                }
            }
            reset();
            say(answer);
        }

        private void reset() {
            mail = null;
            rcpt = new ArrayList<>();
            keeper = null;
        }

        private String path(String line) {
            return line.substring(line.indexOf('<') + 1, line.lastIndexOf('>'));
        }

        private String line() throws IOException {
            var line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                line.write(b);
            }
            return line.toString(StandardCharsets.UTF_8).stripTrailing();
        }

        private void say(String lines) throws IOException {
            out.write((lines + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /** Counts and digests on the fly. */
    private static final class Keeper {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final DigestOutputStream digest = sha256();
        private long size;
        private long bodyStart = -1;

        void write(byte[] bytes, int length) throws IOException {
            if (kept.size() < KEPT_BYTES) {
                kept.write(bytes, 0, length);
            }
            if (bodyStart >= 0) {
                digest.write(bytes, 0, length);
            } else {
                int end = new String(kept.toByteArray(), StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
                if (end >= 0) {
                    bodyStart = end + 4;
                    digest.write(kept.toByteArray(), end + 4, kept.size() - end - 4);
                }
            }
            size += length;
        }

        Message message(String mail, List<String> rcpt, String way) {
            return new Message(
                    mail,
                    List.copyOf(rcpt),
                    way,
                    size,
                    kept.toByteArray(),
                    HexFormat.of().formatHex(digest.getMessageDigest().digest()),
                    bodyStart < 0 ? 0 : size - bodyStart);
        }

        private static DigestOutputStream sha256() {
            try {
                return new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
