package io.m365mail.demo;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Publishes to the queue m365.submit as a line-of-business system does it: its own connection to the broker. */
final class DemoQueue {
    private final int port;

    DemoQueue(int brokerPort) {
        this.port = brokerPort;
    }

    private interface Messages {
        List<Message> of(Session session) throws JMSException;
    }

    /** RFC 5322 bytes, with two properties for the envelope. */
    void alarmAndInvoice() throws JMSException {
        publish(session -> List.of(
                mail(
                        session,
                        DemoMessages.ALARM,
                        "Please look after it.",
                        "janitor@contoso.com",
                        DemoMessages.BUSY_ONCE),
                mail(session, DemoMessages.INVOICE, "Please pay.", "bob@fabrikam.com", DemoMessages.UNKNOWN)));
    }

    /** JSON, to be sent at these times. */
    void appointments(Instant first, Instant second) throws JMSException {
        publish(session -> {
            var both = new ArrayList<Message>();
            both.add(session.createTextMessage(
                    DemoMessages.appointment("appointment-ten", DemoMessages.APPOINTMENT, first)));
            both.add(session.createTextMessage(
                    DemoMessages.appointment(DemoMessages.CANCELLED_ID, DemoMessages.CANCELLED, second)));
            return both;
        });
    }

    private void publish(Messages messages) throws JMSException {
        try (var factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?useGlobalPools=false");
                Connection connection = factory.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue("m365.submit"))) {
            for (Message message : messages.of(session)) {
                producer.send(message);
            }
            session.commit();
        }
    }

    private static BytesMessage mail(Session session, String subject, String text, String... recipients)
            throws JMSException {
        String to = String.join(",", recipients);
        String mail = DemoMessages.mail("From: " + DemoTenant.ALERTS + "\nTo: " + to + "\nSubject: " + subject, text);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(mail.getBytes(StandardCharsets.UTF_8));
        message.setStringProperty("M365From", DemoTenant.ALERTS);
        message.setStringProperty("M365To", to);
        return message;
    }
}
