package io.m365mail.ndr;

import io.m365mail.mail.DeadLetter;
import jakarta.activation.DataHandler;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Properties;

/** The bytes of a delivery status notification (RFC 3464): words for people, fields for programs, the lost header. */
final class ReportText {
    private static final int MAX_HEADER = 64 << 10;

    private ReportText() {}

    /**
     * @param id of the report, for its Message-ID
     * @param hostname the reporting MTA
     * @param author the From
     * @param sender who is told
     */
    record Head(String id, String hostname, String author, String sender, Instant at) {}

    static byte[] of(DeadLetter letter, List<DeadLetter.Cause> causes, Head head) throws IOException {
        try {
            var message =
                    new FixedId(Session.getInstance(new Properties()), "<" + head.id() + "@" + head.hostname() + ">");
            message.setFrom(new InternetAddress(head.author()));
            message.setRecipient(jakarta.mail.Message.RecipientType.TO, new InternetAddress(head.sender()));
            message.setSubject("Undeliverable: your message was not delivered to " + people(causes.size()));
            message.setSentDate(Date.from(head.at()));
            message.setHeader("Auto-Submitted", "auto-replied");
            message.setHeader("X-M365-Id", head.id());
            var parts = new MimeMultipart("report");
            parts.addBodyPart(words(causes));
            parts.addBodyPart(part("message/delivery-status", fields(letter, causes, head)));
            parts.addBodyPart(part("text/rfc822-headers", header(letter)));
            message.setContent(parts);
            message.saveChanges();
            message.setHeader(
                    "Content-Type",
                    parts.getContentType()
                            .replace("multipart/report;", "multipart/report; report-type=delivery-status;"));
            var out = new ByteArrayOutputStream();
            message.writeTo(out);
            return out.toByteArray();
        } catch (MessagingException e) {
            throw new IOException("The report cannot be written: " + e.getMessage(), e);
        }
    }

    private static String people(int n) {
        return n == 1 ? "1 recipient" : n + " recipients";
    }

    private static MimeBodyPart words(List<DeadLetter.Cause> causes) throws MessagingException {
        var text = new StringBuilder("Your message could not be delivered to:\r\n\r\n");
        causes.forEach(c ->
                text.append(c.address()).append("\r\n    ").append(reply(c)).append("\r\n\r\n"));
        text.append("It was kept as a dead letter. Tell your administrator if it should be sent again.\r\n");
        var part = new MimeBodyPart();
        part.setText(text.toString(), "utf-8");
        return part;
    }

    private static String fields(DeadLetter letter, List<DeadLetter.Cause> causes, Head head) {
        var text = new StringBuilder("Reporting-MTA: dns; " + head.hostname() + "\r\n");
        if (letter.acceptedAt() != null) {
            text.append("Arrival-Date: ").append(date(letter.acceptedAt())).append("\r\n");
        }
        for (DeadLetter.Cause c : causes) {
            text.append("\r\nFinal-Recipient: rfc822; ").append(c.address());
            text.append("\r\nAction: failed\r\nStatus: ").append(status(c));
            if (c.server() != null) {
                text.append("\r\nRemote-MTA: dns; ").append(c.server().replaceAll(":\\d+$", ""));
            }
            text.append("\r\nDiagnostic-Code: smtp; ").append(reply(c).replaceAll("[^\\x20-\\x7e]", "?"));
            text.append("\r\nLast-Attempt-Date: ").append(date(head.at())).append("\r\n");
        }
        return text.toString();
    }

    private static String reply(DeadLetter.Cause c) {
        return c.code() + (c.enhanced() == null ? "" : " " + c.enhanced()) + " " + c.text();
    }

    /** A death is permanent, whatever the last reply's class (RFC 3464, 2.3.4); 5.4.7 is "expired". */
    private static String status(DeadLetter.Cause c) {
        if (c.code() < 500) {
            return "5.4.7";
        }
        return c.enhanced() != null && c.enhanced().startsWith("5.") ? c.enhanced() : "5.0.0";
    }

    private static String date(Instant at) {
        return new jakarta.mail.internet.MailDateFormat().format(Date.from(at));
    }

    private static String header(DeadLetter letter) throws IOException {
        String head = new String(letter.content().head(MAX_HEADER), StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n\r\n");
        return (end < 0 ? head : head.substring(0, end + 2));
    }

    private static MimeBodyPart part(String type, String text) throws MessagingException {
        var part = new MimeBodyPart();
        part.setDataHandler(new DataHandler(new ByteArrayDataSource(text.getBytes(StandardCharsets.ISO_8859_1), type)));
        return part;
    }

    /** Else Jakarta Mail puts the account and machine of this process into the Message-ID. */
    private static final class FixedId extends MimeMessage {
        private final String id;

        FixedId(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
