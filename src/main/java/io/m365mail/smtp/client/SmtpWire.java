package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocket;

/**
 * One socket, plain or under TLS: buffered commands and content out, replies in. Nothing reaches the network before
 * {@link #flush} or a full buffer, so that a phase costs one packet. A write to a blocking socket knows no time-out of its
 * own; this class notes when one began, and whoever keeps house over the connections calls {@link #abortIfStalled}.
 */
final class SmtpWire {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final Duration PROBE = Duration.ofMillis(1);

    private final Socket raw;
    private final LongSupplier nanoTime;
    private final byte[] buffer = new byte[32 * 1024];
    private int filled;
    private Socket socket;
    private OutputStream out;
    private ReplyReader reader;
    private volatile boolean writing;
    private volatile long writingSince;

    SmtpWire(Socket raw, LongSupplier nanoTime) throws IOException {
        this.raw = raw;
        this.nanoTime = nanoTime;
        use(raw);
    }

    private void use(Socket now) throws IOException {
        socket = now;
        out = now.getOutputStream();
        reader = new ReplyReader(now);
    }

    Socket raw() {
        return raw;
    }

    /** Goes on under TLS; the handshake is done. */
    void secured(SSLSocket tls) throws IOException {
        use(tls);
    }

    boolean isTls() {
        return socket != raw;
    }

    /** True where the peer sent something that was not asked for. */
    boolean hasUnread() {
        try {
            return reader.hasUnread() || raw.getInputStream().available() > 0;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Whether the peer has closed, or said something (a 421) while the connection was idle: found out without a round
     * trip. Costs a millisecond.
     */
    boolean isStale() {
        if (hasUnread()) {
            return true;
        }
        try {
            socket.setSoTimeout((int) PROBE.toMillis());
            socket.getInputStream().read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Buffers one command line; it goes out with the next {@link #flush}. */
    void line(String command) throws ConnectionLost {
        byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
        write(CRLF, 0, 2);
    }

    void write(byte[] bytes, int offset, int length) throws ConnectionLost {
        if (length > buffer.length - filled) {
            flush();
        }
        if (length > buffer.length) {
            toSocket(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, filled, length);
            filled += length;
        }
    }

    void flush() throws ConnectionLost {
        int length = filled;
        filled = 0;
        toSocket(buffer, 0, length);
    }

    /** In pieces, so that progress shows on a slow line. */
    private void toSocket(byte[] bytes, int offset, int length) throws ConnectionLost {
        try {
            for (int from = offset, end = offset + length; from < end; ) {
                int piece = Math.min(end - from, buffer.length);
                writingSince = nanoTime.getAsLong();
                writing = true;
                out.write(bytes, from, piece);
                from += piece;
            }
        } catch (IOException e) {
            throw new ConnectionLost(describe(e), e);
        } finally {
            writing = false;
        }
    }

    Reply reply(Duration atMost) throws ConnectionLost {
        return reader.read(atMost);
    }

    /** The lines of the next reply. */
    List<String> replyLines(Duration atMost) throws ConnectionLost {
        return reader.readLines(atMost);
    }

    /** One command and its reply. */
    Reply ask(String command, Duration atMost) throws ConnectionLost {
        line(command);
        flush();
        return reply(atMost);
    }

    /** Closes the socket under a write that hangs for longer than that; from another thread. */
    void abortIfStalled(Duration atMost) {
        if (writing && nanoTime.getAsLong() - writingSince > atMost.toNanos()) {
            abort();
        }
    }

    /** Closes at once, from any thread. The raw socket, as closing a TLS socket waits for a write in progress. */
    void abort() {
        try {
            raw.close();
        } catch (IOException e) {
            // Closed is what we wanted; a socket that cannot even be closed has nothing more to tell.
            return;
        }
    }

    /** The system's short words for what happened to a socket, in ours. */
    static String describe(IOException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return switch (message) {
            case "Connection reset", "Connection reset by peer" -> "reset by the server";
            case "Broken pipe", "Connection or outbound has closed" -> "closed by the server";
            case "Socket closed", "Socket is closed", "Closed by interrupt" -> "closed by us (time-out or stop)";
            default -> message;
        };
    }
}
