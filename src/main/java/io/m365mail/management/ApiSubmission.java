package io.m365mail.management;

import io.m365mail.mail.CrlfContent;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** A message handed over at the management port ({@code m365-mail send}): through the same intake as any other. */
public final class ApiSubmission {
    private static final String SOURCE = "api";
    private static final int ORDINARY_PRIORITY = 4;
    private static final long MAX_SIZE = 157_286_400;

    private final ProducerTemplate intake;
    private final Path spool;
    private final Clock clock;

    public ApiSubmission(ProducerTemplate intake, Path spool, Clock clock) {
        this.intake = intake;
        this.spool = spool;
        this.clock = clock;
    }

    /**
     * @return the submission's id, when it is accepted
     * @throws RefusedMessageException with the reason when it is not
     */
    public String submit(String from, List<String> to, InputStream body) throws Exception {
        Path file = Files.createTempFile(spool, "api-", ".eml");
        try {
            Files.copy(bounded(body), file, StandardCopyOption.REPLACE_EXISTING);
            MailContent content = MailContent.of(file);
            if (content.size() <= MailContent.LARGE) {
                content = MailContent.of(content.toBytes());
            }
            var submission = new Submission(
                    SOURCE,
                    Envelope.of(from, to),
                    CrlfContent.of(content),
                    ORDINARY_PRIORITY,
                    null,
                    "command line with HTTP",
                    clock.instant());
            Exchange done = intake.send("direct:intake", x -> x.getIn().setBody(submission));
            if (done.getException() != null) {
                throw refusalIn(done.getException());
            }
            return done.getProperty("M365SubmissionId", String.class);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** The transaction around the intake wraps what the intake throws; the submitter is told the refusal itself. */
    private static Exception refusalIn(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedMessageException refused) {
                return refused;
            }
        }
        return thrown;
    }

    private static InputStream bounded(InputStream in) {
        return new java.io.FilterInputStream(in) {
            private long left = MAX_SIZE;

            @Override
            public int read() throws IOException {
                int b = super.read();
                count(b < 0 ? 0 : 1);
                return b;
            }

            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                int n = super.read(b, off, len);
                count(Math.max(n, 0));
                return n;
            }

            private void count(int n) {
                left -= n;
                if (left < 0) {
                    throw new RefusedMessageException(552, "5.3.4", "The message is larger than 150 MiB");
                }
            }
        };
    }
}
