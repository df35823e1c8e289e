package io.m365mail.source.jms;

import io.m365mail.dead.RefusedToDeadLetter;
import io.m365mail.intake.OnceOnly;
import io.m365mail.intake.SendAt;
import io.m365mail.mail.CrlfContent;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.source.json.ReadJson;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsMessage;

/**
 * Reads what an application published in a BytesMessage or TextMessage: an RFC 5322 message, with the envelope in {@code
 * M365From} and {@code M365To} or, without them, in the header; or a JSON submission, whose own fields name the envelope.
 * Of the JMS message nothing is used but these properties, {@code M365Id}, {@code M365SendAt} and the priority; no other
 * property, header or type of it reaches anything behind this class. Line ends become CRLF, as mail has them: others are
 * an application's habit. A large body is streamed to a spool file, which is
 * removed when the exchange is done.
 */
public final class ReadJmsSubmission {
    static final String FROM = "M365From";
    static final String TO = "M365To";
    static final String ID = "M365Id";
    static final String SEND_AT = "M365SendAt";

    private static final int MAX_ID = 200;

    private final String source;
    private final Path spool;
    private final ReadJson json;
    private final Clock clock;

    /** @param spool a folder for bodies that are too large for the heap */
    public ReadJmsSubmission(String source, Path spool, ReadJson json, Clock clock) {
        this.source = source;
        this.spool = spool;
        this.json = json;
        this.clock = clock;
    }

    /**
     * @return a Submission or a SubmissionBatch
     * @throws RefusedMessageException for what can never become a message, with the reason
     */
    public Object read(Exchange exchange) throws JMSException, IOException {
        Message message = exchange.getIn(JmsMessage.class).getJmsMessage();
        MailContent content = content(message, exchange);
        exchange.setProperty(RefusedToDeadLetter.CONTENT, content);
        String id = property(message, ID);
        if (id != null && id.isBlank()) {
            id = null;
        }
        if (id != null && (id.length() > MAX_ID || id.chars().anyMatch(Character::isISOControl))) {
            throw new RefusedMessageException(
                    550, "5.6.0", "Property M365Id is longer than 200 characters or has a control character");
        }
        exchange.setProperty(RefusedToDeadLetter.SUBMITTER_ID, id);
        Instant sendAt = SendAt.parse("Property " + SEND_AT, property(message, SEND_AT));
        Instant now = clock.instant();
        String from = "jms source " + source + " with JMS";
        if (ReadJson.looksLike(content)) {
            var beside = new ReadJson.Defaults(from, now, message.getJMSPriority(), id, sendAt, null);
            return json.read(content, beside, exchange);
        }
        String key = id == null ? null : OnceOnly.key(source, id);
        MailContent mail = message instanceof TextMessage ? CrlfContent.of(content) : content;
        if (HeaderBlock.parse(mail).fields().isEmpty()) {
            throw new RefusedMessageException(
                    550, "5.6.0", "The message has no header: publish an RFC 5322 message, header first");
        }
        Envelope envelope = envelope(message, mail);
        return new Submission(source, envelope, mail, message.getJMSPriority(), id, from, now, sendAt, key);
    }

    private MailContent content(Message message, Exchange exchange) throws JMSException, IOException {
        if (message instanceof BytesMessage bytes) {
            long length = bytes.getBodyLength();
            if (length > MailContent.LARGE) {
                return CrlfContent.of(spooled(bytes, exchange));
            }
            byte[] body = new byte[(int) length];
            if (length > 0) {
                bytes.readBytes(body);
            }
            return CrlfContent.of(MailContent.of(body));
        }
        if (message instanceof TextMessage text) {
            String body = text.getText();
            return MailContent.of((body == null ? "" : body).getBytes(StandardCharsets.UTF_8));
        }
        throw new RefusedMessageException(
                550,
                "5.6.1",
                "A " + kind(message)
                        + " cannot hold mail: publish a BytesMessage or TextMessage with an RFC 5322 message");
    }

    private MailContent spooled(BytesMessage bytes, Exchange exchange) throws IOException, JMSException {
        Path file = Files.createTempFile(spool, "jms-", ".eml");
        exchange.getExchangeExtension().addOnCompletion(new DeleteWhenDone(file));
        try (OutputStream out = Files.newOutputStream(file)) {
            bytes.setObjectProperty("JMS_AMQ_SaveStream", out);
        }
        return MailContent.of(file);
    }

    private static Envelope envelope(Message message, MailContent content) throws JMSException, IOException {
        String from = property(message, FROM);
        String to = property(message, TO);
        HeaderBlock header = from == null || to == null ? HeaderBlock.parse(content) : null;
        List<String> recipients = new ArrayList<>();
        if (to != null) {
            addresses(to).forEach(recipients::add);
        } else {
            for (String field : new String[] {"To", "Cc", "Bcc"}) {
                header.addresses(field).forEach(a -> recipients.add(a.address()));
            }
        }
        if (recipients.isEmpty()) {
            throw new RefusedMessageException(
                    550, "5.1.3", "The message has no recipient: set property M365To, or a To, Cc or Bcc field");
        }
        String sender = from != null
                ? single(from)
                : header.addresses("From").stream()
                        .findFirst()
                        .map(MailAddress::address)
                        .orElseThrow(() -> new RefusedMessageException(
                                550, "5.1.7", "The message has no sender: set property M365From, or a From field"));
        return Envelope.of(sender, recipients);
    }

    /** The sender: an address, or nothing or {@code <>} for the null sender. */
    private static String single(String value) {
        String bare = value.strip();
        if (bare.isEmpty() || bare.equals("<>")) {
            return "";
        }
        List<String> all = addresses(bare);
        if (all.size() != 1) {
            throw new RefusedMessageException(501, "5.1.7", "Property M365From must hold one address");
        }
        return all.get(0);
    }

    /** Addresses with commas between, each with or without angle brackets. What a program writes is not guessed at. */
    private static List<String> addresses(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .map(a -> a.startsWith("<") && a.endsWith(">") ? a.substring(1, a.length() - 1) : a)
                .toList();
    }

    private static String property(Message message, String name) throws JMSException {
        return message.propertyExists(name) ? message.getStringProperty(name) : null;
    }

    private static String kind(Message message) {
        for (Class<?> type : List.of(
                jakarta.jms.ObjectMessage.class, jakarta.jms.MapMessage.class, jakarta.jms.StreamMessage.class)) {
            if (type.isInstance(message)) {
                return type.getSimpleName();
            }
        }
        return "message without a body";
    }
}
