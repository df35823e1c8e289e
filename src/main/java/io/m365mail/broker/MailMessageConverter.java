package io.m365mail.broker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Scheduled;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.OutputStream;
import org.springframework.jms.support.converter.MessageConversionException;
import org.springframework.jms.support.converter.MessageConverter;

/**
 * Writes deliveries, scheduled submissions and dead letters as JMS messages and reads them: a length, the head as JSON
 * ({@link StoredMessage}), then the bytes of the mail. The only properties on them are ours, so nothing that a submitter set on a JMS message can reach a transport. A
 * large body is not in the message; the message holds a token for it ({@link LargeBodies}).
 */
public final class MailMessageConverter implements MessageConverter {
    /** {@code delivery}, {@code scheduled} or {@code dead}. */
    static final String KIND = "M365Kind";
    /** Of the delivery or the dead letter, for selectors. */
    public static final String ID = "M365MessageId";
    /** How many of its submission's recipients the message stands for (a copy for none), to count without reading. */
    public static final String RECIPIENTS = "M365Recipients";

    /** On what is scheduled, so that it can be listed and found: the submitter's id, source and sender. */
    public static final String SUBMITTER_ID = "M365SubmitterId";

    public static final String SOURCE = "M365Source";
    public static final String FROM = "M365From";
    /** Of what is scheduled: the queue of its large body, for whoever removes it without reading it. */
    public static final String BODY = "M365Body";

    /** The broker's own: when a message is delivered, in milliseconds since 1970. */
    public static final String SCHEDULED = "_AMQ_SCHED_DELIVERY";

    private static final int MAX_HEAD = 64 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private final LargeBodies bodies;

    public MailMessageConverter(LargeBodies bodies) {
        this.bodies = bodies;
    }

    /**
     * True for a message that this class wrote. A submission that the broker moved (expired) may carry any property, also
     * a forged one of ours, but then it carries the broker's note of where it came from, which ours never do.
     */
    public static boolean isOurs(Message message) throws JMSException {
        return message.propertyExists(KIND) && !message.propertyExists("_AMQ_ORIG_QUEUE");
    }

    @Override
    public Message toMessage(Object object, Session session) throws JMSException {
        if (object instanceof Delivery d) {
            Message message = write(session, "delivery", StoredMessage.of(d, refOf(d.content())), d.content());
            if (d.notBefore() != null) {
                message.setLongProperty(SCHEDULED, d.notBefore().toEpochMilli());
            }
            return message;
        }
        if (object instanceof DeadLetter d) {
            return write(session, "dead", StoredMessage.of(d, refOf(d.content())), d.content());
        }
        if (object instanceof Scheduled s) {
            return scheduled(s, session);
        }
        throw new MessageConversionException(
                "Only a Delivery, a Scheduled or a DeadLetter can be put into our queues, not "
                        + (object == null ? "nothing" : object.getClass().getName()));
    }

    @Override
    public Object fromMessage(Message message) throws JMSException {
        String kind = message.getStringProperty(KIND);
        if (!(message instanceof BytesMessage bytes) || kind == null) {
            throw new MessageConversionException("A message in " + message.getJMSDestination()
                    + " was not written by m365-mail-routes: publish to " + Queues.SUBMIT + " instead");
        }
        // Who asks again after a failure shall hear of it, and not of the end of the message.
        bytes.reset();
        int length = bytes.readInt();
        if (length < 2 || length > MAX_HEAD || length > bytes.getBodyLength()) {
            throw new MessageConversionException("A message in " + message.getJMSDestination() + " has no valid head");
        }
        byte[] json = new byte[length];
        bytes.readBytes(json);
        StoredMessage head;
        try {
            head = JSON.readValue(json, StoredMessage.class);
        } catch (IOException e) {
            throw new MessageConversionException("A message's head cannot be read", e);
        }
        MailContent content = head.body() != null ? bodies.at(head.body()) : inline(bytes, length);
        return switch (kind) {
            case "dead" -> head.deadLetter(content);
            case "scheduled" -> head.scheduled(content);
            default -> head.delivery(content);
        };
    }

    private Message scheduled(Scheduled s, Session session) throws JMSException {
        StoredMessage head = StoredMessage.of(s, refOf(s.content()));
        Message message = write(session, "scheduled", head, s.content());
        message.setLongProperty(SCHEDULED, s.sendAt().toEpochMilli());
        message.setStringProperty(SOURCE, s.source());
        message.setStringProperty(FROM, s.envelope().from());
        if (s.submitterId() != null) {
            message.setStringProperty(SUBMITTER_ID, s.submitterId());
        }
        if (head.body() != null) {
            message.setStringProperty(BODY, head.body().queue());
        }
        return message;
    }

    private Message write(Session session, String kind, StoredMessage head, MailContent content) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.setStringProperty(KIND, kind);
        message.setStringProperty(ID, head.id());
        message.setIntProperty(
                RECIPIENTS, head.copy() ? 0 : head.envelope().to().size());
        message.setJMSPriority(head.priority());
        try {
            byte[] json = JSON.writeValueAsBytes(head);
            message.writeInt(json.length);
            message.writeBytes(json);
            if (head.body() == null) {
                content.writeTo(new BodyWriter(message));
            } else {
                bodies.retain(session, head.body());
            }
        } catch (JsonProcessingException e) {
            throw new MessageConversionException("The envelope cannot be written", e);
        } catch (IOException e) {
            throw new MessageConversionException("The content cannot be read", e);
        }
        return message;
    }

    private static BodyRef refOf(MailContent content) {
        return content instanceof BrokerBody body ? body.ref() : null;
    }

    private static MailContent inline(BytesMessage bytes, int headLength) throws JMSException {
        byte[] content = new byte[Math.toIntExact(bytes.getBodyLength() - headLength - Integer.BYTES)];
        if (content.length > 0) {
            bytes.readBytes(content);
        }
        return MailContent.of(content);
    }

    /** Lets a content write itself straight into the message's buffer. */
    private static final class BodyWriter extends OutputStream {
        private final BytesMessage message;

        BodyWriter(BytesMessage message) {
            this.message = message;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            try {
                message.writeBytes(b, off, len);
            } catch (JMSException e) {
                throw new IOException(e);
            }
        }
    }
}
