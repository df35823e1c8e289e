package io.m365mail.compose;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The messages of one submission, each built when it is asked for: one, or one for each entry of perRecipient. */
final class MergedMessages extends AbstractList<Composed> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SubmissionFields fields;
    private final List<Attachment> attachments;
    private final Templates templates;
    private final MessageComposer composer;
    private final MailAddress from;
    private final List<MailAddress> to;
    private final List<MailAddress> cc;
    private final List<MailAddress> bcc;
    private final List<MailAddress> replyTo;
    private final String subject;
    private final Map<String, String> headers;
    private final Instant sendAt;
    private final boolean merge;

    private MergedMessages(SubmissionFields fields, List<Attachment> attachments, Templates templates, Path spool) {
        this.fields = fields;
        this.attachments = attachments;
        this.templates = templates;
        this.composer = new MessageComposer(spool);
        from = fields.address(fields.get("from"), "from");
        to = fields.addresses("to");
        cc = fields.addresses("cc");
        bcc = fields.addresses("bcc");
        replyTo = fields.addresses("replyTo");
        subject = fields.line("subject");
        headers = fields.headers();
        sendAt = fields.sendAt();
        merge = fields.has("perRecipient");
    }

    /** Checks everything, and renders each message once, before any is built. */
    static MergedMessages of(SubmissionFields fields, List<Attachment> attachments, Templates templates, Path spool)
            throws IOException, InvalidSubmissionException {
        var messages = new MergedMessages(fields, attachments, templates, spool);
        for (int i = 0; messages.merge && i < messages.size(); i++) {
            messages.recipient(i);
        }
        fields.done();
        if (!messages.merge && messages.to.isEmpty() && messages.cc.isEmpty() && messages.bcc.isEmpty()) {
            throw new InvalidSubmissionException("to", "no recipient: to, cc and bcc are empty");
        }
        for (int i = 0; i < messages.size(); i++) {
            messages.content(i);
        }
        return messages;
    }

    @Override
    public int size() {
        return merge ? fields.get("perRecipient").size() : 1;
    }

    @Override
    public Composed get(int index) {
        List<MailAddress> visible = merge ? List.of(recipient(index)) : to;
        try {
            Templates.Rendered content = content(index);
            var message = new NewMessage(
                    from,
                    visible,
                    cc,
                    replyTo,
                    content.subject(),
                    content.text(),
                    content.html(),
                    attachments,
                    headers);
            String id = fields.text("id");
            return new Composed(
                    envelope(visible),
                    composer.compose(message),
                    fields.get("priority").asInt(Composed.ORDINARY),
                    sendAt,
                    id == null || !merge ? id : id + "-" + (index + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidSubmissionException e) {
            throw new IllegalStateException("the template has changed since the submission was checked", e);
        }
    }

    private MailAddress recipient(int index) {
        JsonNode entry = fields.get("perRecipient").get(index);
        return fields.address(entry.get("to"), "perRecipient[" + index + "].to");
    }

    /** The envelope has each recipient once, however often and wherever it was named. */
    private Envelope envelope(List<MailAddress> visible) {
        var unique = new LinkedHashMap<String, String>();
        Stream.of(visible, cc, bcc)
                .flatMap(List::stream)
                .map(MailAddress::address)
                .forEach(a -> {
                    int at = a.lastIndexOf('@');
                    unique.putIfAbsent(a.substring(0, at) + "@" + Addresses.domain(a), a);
                });
        Envelope envelope = Envelope.of(from.address(), List.copyOf(unique.values()));
        boolean utf8 = Stream.of(List.of(from), visible, cc, bcc, replyTo)
                .flatMap(List::stream)
                .anyMatch(a -> !Addresses.isAscii(a.address()));
        return utf8 ? new Envelope(envelope.from(), envelope.recipients(), true, true, null, null) : envelope;
    }

    private Templates.Rendered content(int index) throws IOException, InvalidSubmissionException {
        if (!fields.has("template")) {
            return new Templates.Rendered(subject, fields.text("text"), fields.text("html"));
        }
        Map<String, Object> data = new HashMap<>(map(fields.get("data")));
        String at = "data";
        if (merge) {
            at = "perRecipient[" + index + "].data";
            data.putAll(map(fields.get("perRecipient").get(index).path("data")));
        }
        Templates.Rendered made = templates.render(fields.text("template"), data, at);
        String line = subject != null ? subject : made.subject();
        String problem = line == null ? null : NewMessage.lineProblem(line);
        if (problem != null) {
            throw new InvalidSubmissionException(at, "the subject that the template makes " + problem);
        }
        return new Templates.Rendered(line, made.text(), made.html());
    }

    private static Map<String, Object> map(JsonNode node) {
        return node.isObject() ? JSON.convertValue(node, new TypeReference<Map<String, Object>>() {}) : Map.of();
    }
}
