package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads replies (RFC 5321 section 4.2) from a socket whose other end may be hostile: a whole reply has one deadline,
 * however slowly its bytes drip, and bounds on its lines and their length. What does not look like a reply is an error,
 * never skipped.
 */
final class ReplyReader {
    /** RFC 5321 allows 512 octets; some servers say more in one line. */
    static final int MAX_LINE = 4096;

    /** EHLO of a rich server has some 25 lines. */
    static final int MAX_LINES = 128;

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int position;
    private int limit;

    ReplyReader(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    /** True where bytes lie in our buffer that nobody asked for. */
    boolean hasUnread() {
        return position < limit;
    }

    Reply read(Duration atMost) throws ConnectionLost {
        return Reply.parse(readLines(atMost));
    }

    /** The lines of one reply, each with its code: what EHLO needs. */
    List<String> readLines(Duration atMost) throws ConnectionLost {
        long deadline = System.nanoTime() + atMost.toNanos();
        List<String> lines = new ArrayList<>(1);
        String line;
        do {
            if (lines.size() == MAX_LINES) {
                throw new ConnectionLost("the server broke the protocol: a reply of more than " + MAX_LINES + " lines");
            }
            line = line(deadline, atMost);
            check(line, lines);
            lines.add(line);
        } while (line.length() > 3 && line.charAt(3) == '-');
        return lines;
    }

    private static void check(String line, List<String> before) throws ConnectionLost {
        boolean code = line.length() >= 3
                && line.charAt(0) >= '2'
                && line.charAt(0) <= '5'
                && isDigit(line.charAt(1))
                && isDigit(line.charAt(2));
        boolean separator = line.length() == 3 || code && (line.charAt(3) == ' ' || line.charAt(3) == '-');
        if (!code || !separator) {
            throw new ConnectionLost("the server broke the protocol: this is no SMTP reply: " + printable(line));
        }
        if (!before.isEmpty() && !before.get(0).startsWith(line.substring(0, 3))) {
            throw new ConnectionLost("the server broke the protocol: a reply with two codes: "
                    + printable(before.get(0)) + " / " + printable(line));
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static String printable(String line) {
        String start = line.length() > 80 ? line.substring(0, 80) + "…" : line;
        return start.replaceAll("\\p{Cntrl}", "?");
    }

    private String line(long deadline, Duration atMost) throws ConnectionLost {
        byte[] line = new byte[128];
        int length = 0;
        while (true) {
            if (position == limit) {
                fill(deadline, atMost);
            }
            byte b = buffer[position++];
            if (b == '\n') {
                int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
                return new String(line, 0, end, StandardCharsets.UTF_8);
            }
            if (length == MAX_LINE) {
                throw new ConnectionLost(
                        "the server broke the protocol: a reply line of more than " + MAX_LINE + " octets");
            }
            if (length == line.length) {
                line = java.util.Arrays.copyOf(line, length * 2);
            }
            line[length++] = b;
        }
    }

    private void fill(long deadline, Duration atMost) throws ConnectionLost {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new ConnectionLost("no reply within " + atMost.toMillis() / 1000.0 + " s");
        }
        try {
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            int count = in.read(buffer, 0, buffer.length);
            if (count < 0) {
                throw new ConnectionLost("closed by the server");
            }
            position = 0;
            limit = count;
        } catch (SocketTimeoutException e) {
            throw new ConnectionLost("no reply within " + atMost.toMillis() / 1000.0 + " s", e);
        } catch (ConnectionLost e) {
            throw e;
        } catch (IOException e) {
            throw new ConnectionLost(SmtpWire.describe(e), e);
        }
    }
}
