package io.m365mail.mail;

import java.io.IOException;
import java.util.List;

/**
 * What every accepted message gets in front, and what it loses, before it is stored; frozen from then on. In front: a
 * {@code Received} field, our id field, and a {@code Message-ID}, {@code Date} and {@code From} where the message has
 * none (Exchange Online refuses mail without a From: 5.7.512). Taken out: {@code Bcc} of whatever source, since it would
 * show hidden recipients to all (Exchange does the same; signers do not sign it), and {@code X-M365-Send-At}, which is
 * meant for us. All other bytes stay. A message that has come by too often is refused as a loop.
 */
public final class Enrichment {
    /** Our own trace field, with the submission's id. Seen several times, it proves a loop. */
    public static final String ID_HEADER = "X-M365-Id";

    /** When to send; honoured at the door and never passed on. */
    public static final String SEND_AT_HEADER = "X-M365-Send-At";

    /** Received fields a message may have (RFC 5321 section 6.3 asks for a large number; 50 is Postfix' default). */
    public static final int DEFAULT_MAX_HOPS = 50;

    /** Times a message may have passed through us: once each for a mailbox read by us and a server that relays to us. */
    public static final int DEFAULT_MAX_PASSES = 3;

    private static final int MAX_MESSAGE_ID = 300;
    private static final List<String> STRIPPED = List.of("Bcc", "Resent-Bcc", SEND_AT_HEADER);

    private final String hostname;
    private final int maxHops;
    private final int maxPasses;

    public Enrichment(String hostname) {
        this(hostname, DEFAULT_MAX_HOPS, DEFAULT_MAX_PASSES);
    }

    /**
     * @param hostname our name in the trace fields
     * @param maxHops Received fields a message may have when it arrives
     * @param maxPasses id fields of ours it may have when it arrives
     */
    public Enrichment(String hostname, int maxHops, int maxPasses) {
        this.hostname = TraceFields.token(hostname);
        this.maxHops = maxHops;
        this.maxPasses = maxPasses;
    }

    /**
     * @param content the whole message as it is to be stored and sent
     * @param prefix the fields that were put in front of it
     * @param messageId the Message-ID it has now, for the trace; free of control characters, 300 characters at most
     * @param defects of the header as it came, in plain words
     */
    public record Enriched(MailContent content, byte[] prefix, String messageId, List<String> defects) {}

    /**
     * Makes the message that is stored. The body is not copied.
     *
     * @param submissionId our id for it; stands in the id field, and in the Message-ID where we make one
     * @throws RefusedMessageException 552 5.3.4 for too large a header, 554 5.4.6 for a loop
     */
    public Enriched enrich(Submission submission, String submissionId) throws IOException, RefusedMessageException {
        return enrich(HeaderBlock.parse(submission.content()), submission, submissionId);
    }

    /** The same for whoever has read the header already. */
    public Enriched enrich(HeaderBlock header, Submission submission, String submissionId)
            throws RefusedMessageException {
        refuseLoop(header);
        HeaderEdit edit = header.edit();
        STRIPPED.forEach(edit::remove);
        var prefix = new StringBuilder();
        prefix.append(TraceFields.received(submission.receivedFrom(), hostname, submissionId, submission.receivedAt()));
        prefix.append(TraceFields.field(ID_HEADER, TraceFields.token(submissionId)));
        String messageId = "<" + TraceFields.token(submissionId).replace('@', '_') + "@" + hostname + ">";
        if (missing(header, edit, "Message-ID")) {
            prefix.append(TraceFields.field("Message-ID", messageId));
        } else {
            messageId = shortened(header.first("Message-ID").orElseThrow().decoded());
        }
        if (missing(header, edit, "Date")) {
            prefix.append(TraceFields.field("Date", TraceFields.date(submission.receivedAt())));
        }
        if (missing(header, edit, "From")) {
            prefix.append(
                    TraceFields.field("From", "<" + author(submission.envelope().from()) + ">"));
        }
        byte[] bytes = TraceFields.bytes(prefix.toString());
        edit.prepend(bytes);
        if (edit.headerLength() > HeaderBlock.MAX_BYTES) {
            throw HeaderBlock.tooLarge();
        }
        return new Enriched(edit.toContent(), bytes, messageId, header.defects());
    }

    /** A field without a value counts as missing and is taken out. */
    private static boolean missing(HeaderBlock header, HeaderEdit edit, String name) {
        boolean missing = header.all(name).stream().allMatch(f -> f.unfolded().isBlank());
        if (missing) {
            edit.remove(name);
        }
        return missing;
    }

    private static String shortened(String messageId) {
        return messageId.substring(0, Math.min(messageId.length(), MAX_MESSAGE_ID));
    }

    private String author(String sender) {
        return Addresses.isValid(sender) ? sender : "postmaster@" + hostname;
    }

    private void refuseLoop(HeaderBlock header) throws RefusedMessageException {
        int hops = header.all("Received").size();
        int passes = header.all(ID_HEADER).size();
        if (passes > maxPasses) {
            throw new RefusedMessageException(
                    554,
                    "5.4.6",
                    "Routing loop detected: the message has passed through " + hostname + " " + passes
                            + " times; look for a server that sends mail back here");
        }
        if (hops > maxHops) {
            throw new RefusedMessageException(
                    554,
                    "5.4.6",
                    "Routing loop detected: the message has " + hops + " Received fields, " + maxHops + " are allowed");
        }
    }
}
