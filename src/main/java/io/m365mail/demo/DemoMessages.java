package io.m365mail.demo;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** The messages of the demo, and how each gets to the relay. */
final class DemoMessages {
    static final String PRINTER = "printer-17@contoso.com";
    static final String STRANGER = "ceo@fabrikam.com";

    static final String SCAN = "Scan of delivery note 4711";
    static final String ORDER = "Your order 4711";
    static final String ALARM = "Cold store 2 is at 9 degrees";
    static final String INVOICE = "Invoice 2026-4711";

    /** The sandbox refuses the first attempt to this address and takes the second (docs/sandbox.md). */
    static final String BUSY_ONCE = "tempfail-1x.450-4.2.1+duty@contoso.com";

    /** The sandbox knows no such recipient. */
    static final String UNKNOWN = "unknown+carl@fabrikam.com";

    /** A recipient of a message that has to arrive. */
    record Expected(String subject, String recipient) {}

    static final List<Expected> ARRIVE = List.of(
            new Expected(SCAN, "anna@contoso.com"),
            new Expected(ORDER, "buyer@fabrikam.com"),
            new Expected(ORDER, "audit@contoso.com"),
            new Expected(ALARM, "janitor@contoso.com"),
            new Expected(ALARM, BUSY_ONCE),
            new Expected(INVOICE, "bob@fabrikam.com"));

    static final List<Expected> DIE = List.of(new Expected(INVOICE, UNKNOWN));

    private DemoMessages() {}

    /** Text, and a PDF of one page as attachment. */
    static String scan() throws IOException {
        try (InputStream pdf = DemoMessages.class.getResourceAsStream("scan.pdf")) {
            return ("From: \"Printer 17, 2nd floor\" <" + PRINTER + ">\nTo: anna@contoso.com\nSubject: " + SCAN
                                    + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=scan\n\n"
                                    + "--scan\nContent-Type: text/plain\n\nYour scan is attached.\n"
                                    + "--scan\nContent-Type: application/pdf; name=scan.pdf\n"
                                    + "Content-Disposition: attachment; filename=scan.pdf\n"
                                    + "Content-Transfer-Encoding: base64\n\n")
                            .replace("\n", "\r\n")
                    + Base64.getMimeEncoder().encodeToString(pdf.readAllBytes()) + "\r\n--scan--\r\n";
        }
    }

    /** Written under another name and renamed, so that no reader sees half a file. */
    static Path dropOrder(Path folder) throws IOException {
        Path half = folder.resolve("order-4711.tmp");
        Files.writeString(
                half,
                mail(
                        "From: Contoso shop <" + DemoTenant.ALERTS + ">\nTo: buyer@fabrikam.com\n"
                                + "Bcc: audit@contoso.com\nSubject: " + ORDER,
                        "Thank you for your order."));
        return Files.move(half, folder.resolve("order-4711.eml"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** As a line-of-business system does it: its own connection to the broker, and two properties for the envelope. */
    static void publish(int brokerPort) throws JMSException {
        try (var factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + brokerPort + "?useGlobalPools=false");
                Connection connection = factory.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue("m365.submit"))) {
            producer.send(message(session, ALARM, "Please look after it.", "janitor@contoso.com," + BUSY_ONCE));
            producer.send(message(session, INVOICE, "Please pay.", "bob@fabrikam.com," + UNKNOWN));
            session.commit();
        }
    }

    private static BytesMessage message(Session session, String subject, String text, String to) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        String mail = mail("From: " + DemoTenant.ALERTS + "\nTo: " + to + "\nSubject: " + subject, text);
        message.writeBytes(mail.getBytes(StandardCharsets.UTF_8));
        message.setStringProperty("M365From", DemoTenant.ALERTS);
        message.setStringProperty("M365To", to);
        return message;
    }

    /** What a stranger tries; it never gets as far as its text. */
    static String stranger() {
        return mail("From: " + STRANGER + "\nTo: anna@contoso.com\nSubject: Urgent", "Pay this at once.");
    }

    private static String mail(String header, String text) {
        return (header + "\n\n" + text + "\n").replace("\n", "\r\n");
    }
}
