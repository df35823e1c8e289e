package io.m365mail.compose;

import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes a message that carries one file, with a subject and a text from a template. */
public final class FileMail {
    private static final String BUILT_IN = "scan";

    private final Templates templates;
    private final String template;
    private final MessageComposer composer;

    /**
     * @param templates null where none are configured
     * @param template name of one of them, or null for the one that is built in
     */
    public FileMail(Templates templates, String template, Path spool) {
        this.templates = template == null ? Templates.builtIn() : templates;
        this.template = template == null ? BUILT_IN : template;
        this.composer = new MessageComposer(spool);
    }

    /**
     * The message; the file is read when the message is, so it must stay as it is.
     *
     * @param contentType null to go by the name
     * @param data for the template
     * @throws InvalidSubmissionException when the template cannot be used with the data
     */
    public MailContent compose(
            String from, String to, Path file, String name, String contentType, Map<String, Object> data)
            throws IOException, InvalidSubmissionException {
        if (templates == null) {
            throw new InvalidSubmissionException("template", "m365.templates is not set, so there is none " + template);
        }
        Templates.Rendered made = templates.render(template, data, "template");
        String subject = made.subject() == null ? name : made.subject();
        if (NewMessage.lineProblem(subject) != null) {
            subject = "Scan";
        }
        return composer.compose(new NewMessage(
                new MailAddress(null, from),
                List.of(new MailAddress(null, to)),
                List.of(),
                List.of(),
                subject,
                made.text(),
                made.html(),
                List.of(new Attachment(name, contentType, null, blob(file))),
                Map.of()));
    }

    private static Blob blob(Path file) throws IOException {
        long size = Files.size(file);
        return new Blob() {
            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }

            @Override
            public long size() {
                return size;
            }
        };
    }
}
