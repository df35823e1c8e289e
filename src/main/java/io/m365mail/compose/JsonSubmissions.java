package io.m365mail.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes messages of JSON submissions ({@code config/submission.schema.json}). Either all messages of a submission can be
 * made or none: everything is checked, and each template of a mail merge rendered once, before the first is handed out.
 * Safe for several threads.
 */
public final class JsonSubmissions {
    /** As in the schema. */
    private static final String ID = "[\\x21-\\x7e]{1,200}";

    private final SubmissionSchema schema = new SubmissionSchema();
    private final AttachmentFolder attachmentFolder;
    private final Templates templates;
    private final Path spool;
    private final long maxBytes;

    /**
     * @param attachments where the {@code path} of attachments leads, or null where none may be used (JMS)
     * @param templates null where none are configured
     * @param spool an existing folder for attachments while a submission is worked on
     * @param maxBytes of all attachments of a submission, decoded
     */
    public JsonSubmissions(Path attachments, Templates templates, Path spool, long maxBytes) {
        this.attachmentFolder = attachments == null ? null : new AttachmentFolder(attachments);
        this.templates = templates;
        this.spool = spool;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads one submission to its end.
     *
     * @return to be closed when its messages are stored
     * @throws InvalidSubmissionException with all mistakes, for people
     * @throws IOException when the input or the spool folder fails: the submission is not to blame
     */
    public Composition compose(InputStream json) throws IOException, InvalidSubmissionException {
        var files = new Spool(spool, maxBytes);
        boolean made = false;
        try {
            var reader = new SubmissionReader(files, maxBytes);
            JsonNode root = reader.read(json);
            try {
                Composition composition = compose(root, reader, files);
                made = true;
                return composition;
            } catch (InvalidSubmissionException e) {
                throw e.of(id(root));
            }
        } finally {
            if (!made) {
                files.close();
            }
        }
    }

    private Composition compose(JsonNode root, SubmissionReader reader, Spool files)
            throws IOException, InvalidSubmissionException {
        List<Mistake> mistakes = schema.check(root);
        if (!mistakes.isEmpty()) {
            throw new InvalidSubmissionException(mistakes);
        }
        var fields = new SubmissionFields(root);
        List<Attachment> attachments = attachments(fields, reader.contents(), files);
        List<Composed> messages = MergedMessages.of(fields, attachments, templates(fields), spool);
        return new Composition(fields.text("id"), messages, files);
    }

    /** Whatever else is wrong: its submitter knows the submission by it. */
    private static String id(JsonNode root) {
        String id = root.path("id").textValue();
        return id != null && id.matches(ID) ? id : null;
    }

    private Templates templates(SubmissionFields fields) throws InvalidSubmissionException {
        if (fields.has("template") && templates == null) {
            throw new InvalidSubmissionException("template", "no folder of templates is configured");
        }
        return templates;
    }

    private List<Attachment> attachments(SubmissionFields fields, Map<Integer, Blob> contents, Spool files)
            throws IOException, InvalidSubmissionException {
        var list = new ArrayList<Attachment>();
        for (JsonNode node : fields.get("attachments")) {
            String at = "attachments[" + list.size() + "].path";
            Blob content = contents.get(list.size());
            if (node.has("path")) {
                if (attachmentFolder == null) {
                    throw new InvalidSubmissionException(at, "only a folder source takes path: send content instead");
                }
                content = attachmentFolder.read(node.get("path").textValue(), at, files);
            }
            list.add(new Attachment(
                    node.get("name").textValue(),
                    node.path("contentType").textValue(),
                    node.path("contentId").textValue(),
                    content));
        }
        return list;
    }
}
