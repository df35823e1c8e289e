package io.m365mail.source.smtp;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers the messages whose acceptance the client may not have heard of: its connection ended before any command
 * followed our 250, or it was told 452 before the acceptance came through. When such a message comes again (same
 * Message-ID, envelope and content) it is the same submission. A client that went on after the 250 has heard it, so its
 * next message is a new one, however equal. Bounded in number and time, in memory only.
 */
final class UnconfirmedAnswers {
    private static final int REMEMBERED = 10_000;

    private final Duration window;
    private final Clock clock;
    private final Map<String, Accepted> accepted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Accepted> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Accepted(String id, Instant at) {}

    UnconfirmedAnswers(Duration window, Clock clock) {
        this.window = window;
        this.clock = clock;
    }

    /** What a repeat has in common with the first, or null for a message without a Message-ID: it is always new. */
    static String key(Submission s, HeaderBlock header) throws IOException {
        String messageId =
                header.first("Message-ID").map(HeaderField::unfolded).orElse("").strip();
        if (messageId.isEmpty()) {
            return null;
        }
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((s.source() + "\n" + s.envelope().from() + "\n").getBytes(StandardCharsets.UTF_8));
            for (Recipient r : s.envelope().recipients()) {
                sha.update((r.address() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            s.content().writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private synchronized void add(String key, String id) {
        accepted.put(key, new Accepted(id, clock.instant()));
    }

    /** The id of the submission that this message repeats, once; or null. */
    synchronized String take(String key) {
        Accepted first = key == null ? null : accepted.remove(key);
        return first == null || first.at().plus(window).isBefore(clock.instant()) ? null : first.id();
    }

    /** The answer to one message, from its final dot to the first sign that the client has read it. */
    final class Answer {
        private String key;
        private String id;
        private boolean confirmed;
        private boolean closed;

        synchronized void accepted(String itsKey, String itsId) {
            key = itsKey;
            id = itsId;
            settle();
        }

        /** The next command came. */
        synchronized void confirmed() {
            confirmed = true;
        }

        synchronized void closed() {
            closed = true;
            settle();
        }

        /** The client was told to come again before the message was accepted. */
        synchronized void late() {
            confirmed = false;
            closed = true;
            settle();
        }

        private void settle() {
            if (closed && !confirmed && key != null) {
                add(key, id);
            }
        }
    }
}
