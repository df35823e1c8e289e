package io.m365mail.sandbox;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Notes messages that an endpoint takes. */
final class Recorder {
    private final SandboxLog log;
    private final BodyStore bodies;
    private final Clock clock;
    private final String traceHeader;
    private volatile LateBounces bounces;

    Recorder(SandboxLog log, BodyStore bodies, Clock clock, String traceHeader) {
        this.log = log;
        this.bodies = bodies;
        this.clock = clock;
        this.traceHeader = traceHeader;
    }

    /** What is taken from now on may come back. */
    void bounces(LateBounces value) {
        bounces = value;
    }

    /**
     * A transaction that has come to its end.
     *
     * @param who logged in, or as whom the connection counts
     * @param dataAt arrival of the last byte
     */
    record Transaction(
            long connection, String who, String from, List<String> recipients, Instant mailAt, Instant dataAt) {}

    /**
     * Reads the content now.
     *
     * @return to be called when the message is taken, with the time that counts for the rate; yields the reply
     */
    Function<Instant, Reply> read(Transaction tx, MailContent content, HeaderBlock header) throws IOException {
        String messageId = value(header, "Message-ID");
        String traceId = value(header, traceHeader);
        String sha256 = sha256(content);
        long size = content.size();
        Optional<MailContent> kept = bodies.keep(content);
        LateBounces back = bounces;
        String head = back == null ? null : new String(content.head(header.bodyStart()), StandardCharsets.ISO_8859_1);
        return takenAt -> {
            var message = new ReceivedMessage(
                    tx.connection(),
                    tx.who(),
                    tx.from(),
                    tx.recipients(),
                    size,
                    sha256,
                    messageId,
                    traceId,
                    tx.mailAt(),
                    tx.dataAt(),
                    takenAt,
                    clock.instant(),
                    kept);
            log.received(message);
            if (back != null) {
                back.taken(message, head);
            }
            boolean plain = messageId != null && messageId.matches("<[\\x21-\\x7e]{1,200}>");
            return ServerNames.accepted(plain ? messageId : ServerNames.newMessageId());
        };
    }

    private static String value(HeaderBlock header, String field) {
        return header.first(field).map(HeaderField::unfolded).orElse(null);
    }

    private static String sha256(MailContent content) throws IOException {
        try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            content.writeTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
