package io.m365mail.source.json;

import io.m365mail.compose.Composed;
import io.m365mail.compose.Composition;
import io.m365mail.compose.InvalidSubmissionException;
import io.m365mail.compose.JsonSubmissions;
import io.m365mail.dead.RefusedToDeadLetter;
import io.m365mail.intake.OnceOnly;
import io.m365mail.intake.SubmissionBatch;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * Reads a JSON submission for a source: one message becomes a {@link Submission}, a mail merge a {@link SubmissionBatch}.
 * What the JSON says wins; the source's {@link Defaults} stand in for what it leaves out. The files that its attachments
 * are spooled in go when the exchange is done.
 */
public final class ReadJson {
    private final String source;
    private final JsonSubmissions json;

    public ReadJson(String source, JsonSubmissions json) {
        this.source = source;
        this.json = json;
    }

    /**
     * What the source knows beside the JSON.
     *
     * @param priority where the JSON has the ordinary one
     * @param id the submitter's, where the JSON has none, or null
     * @param sendAt where the JSON has none, or null
     * @param onceKey where there is no id at all, or null
     */
    public record Defaults(
            String receivedFrom, Instant receivedAt, int priority, String id, Instant sendAt, String onceKey) {}

    /** True for what can only be JSON: its first character that is no white space is a brace. */
    public static boolean looksLike(MailContent content) throws IOException {
        for (byte b : content.head(1024)) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return b == '{';
            }
        }
        return false;
    }

    /**
     * @return a {@link Submission} or a {@link SubmissionBatch}
     * @throws RefusedMessageException 550 5.6.0 with the path of each mistake
     */
    public Object read(MailContent content, Defaults defaults, Exchange exchange) throws IOException {
        exchange.setProperty(RefusedToDeadLetter.CONTENT, content);
        Composition composition;
        try (InputStream in = content.open()) {
            composition = json.compose(in);
        } catch (InvalidSubmissionException e) {
            if (e.submissionId() != null) {
                exchange.setProperty(RefusedToDeadLetter.SUBMITTER_ID, e.submissionId());
            }
            throw new RefusedMessageException(
                    550, "5.6.0", "The JSON is no submission (config/submission.schema.json): " + e.getMessage());
        }
        exchange.getExchangeExtension().addOnCompletion(new CloseWhenDone(composition));
        String id = composition.id() == null ? defaults.id() : composition.id();
        exchange.setProperty(RefusedToDeadLetter.SUBMITTER_ID, id);
        String key = id == null ? defaults.onceKey() : OnceOnly.key(source, id);
        List<Composed> messages = composition.messages();
        if (messages.size() == 1) {
            return submission(messages.get(0), defaults, id).withOnceKey(key);
        }
        return new SubmissionBatch(() -> submissions(messages, defaults, id), key);
    }

    private Iterator<Submission> submissions(List<Composed> messages, Defaults defaults, String id) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < messages.size();
            }

            @Override
            public Submission next() {
                Composed message = messages.get(next++);
                return submission(message, defaults, id == null ? null : id + "-" + next);
            }
        };
    }

    private Submission submission(Composed c, Defaults d, String id) {
        return new Submission(
                source,
                c.envelope(),
                c.content(),
                c.priority() == Composed.ORDINARY ? d.priority() : c.priority(),
                c.id() == null ? id : c.id(),
                d.receivedFrom(),
                d.receivedAt(),
                c.sendAt() == null ? d.sendAt() : c.sendAt(),
                null);
    }
}
