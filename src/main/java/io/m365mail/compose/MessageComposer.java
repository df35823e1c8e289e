package io.m365mail.compose;

import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Builds MIME messages with Jakarta Mail: {@code mixed(alternative(text, related(html, inline…)), attachments…)}, each
 * level only where it is needed. Everything is UTF-8; file names as RFC 2231 has them. Attachments are base64, streamed
 * from where they lie. Date and Message-ID are left to the intake, which freezes them. Keeps no state.
 */
public final class MessageComposer {
    private static final String UTF_8 = "UTF-8";

    private final Path spool;

    /** @param spool an existing folder, used when somebody pulls a large message */
    public MessageComposer(Path spool) {
        this.spool = spool;
    }

    /** The message; its attachments must stay readable as long as it is used. */
    public MailContent compose(NewMessage message) throws IOException {
        try {
            MimeMessage mime = new FrozenMessage(session(message.needsUtf8()));
            header(mime, message);
            mime.setDataHandler(MimeParts.of(message).getDataHandler());
            mime.saveChanges();
            mime.removeHeader("Date");
            return MimeContent.of(mime, spool);
        } catch (MessagingException e) {
            throw new IOException("the message cannot be built: " + e.getMessage(), e);
        }
    }

    private static Session session(boolean utf8) {
        var properties = new Properties();
        properties.setProperty("mail.mime.allowutf8", String.valueOf(utf8));
        return Session.getInstance(properties);
    }

    private static void header(MimeMessage mime, NewMessage message) throws MessagingException, IOException {
        boolean utf8 = message.needsUtf8();
        addresses(mime, "From", List.of(message.from()), utf8);
        addresses(mime, "To", message.to(), utf8);
        addresses(mime, "Cc", message.cc(), utf8);
        addresses(mime, "Reply-To", message.replyTo(), utf8);
        if (message.to().isEmpty() && message.cc().isEmpty()) {
            mime.setHeader("To", "undisclosed-recipients:;");
        }
        if (message.subject() != null) {
            mime.setSubject(message.subject(), UTF_8);
        }
        for (Map.Entry<String, String> field : message.headers().entrySet()) {
            String encoded = MimeUtility.encodeText(field.getValue(), UTF_8, null);
            mime.setHeader(field.getKey(), MimeUtility.fold(field.getKey().length() + 2, encoded));
        }
    }

    private static void addresses(MimeMessage mime, String field, List<MailAddress> list, boolean utf8)
            throws MessagingException, IOException {
        if (list.isEmpty()) {
            return;
        }
        var addresses = new InternetAddress[list.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = new InternetAddress();
            addresses[i].setAddress(list.get(i).address());
            addresses[i].setPersonal(list.get(i).display(), UTF_8);
        }
        int used = field.length() + 2;
        String value =
                utf8 ? InternetAddress.toUnicodeString(addresses, used) : InternetAddress.toString(addresses, used);
        // Jakarta Mail folds between addresses only; a long name needs it within.
        mime.setHeader(field, value.replace("?= =?", "?=\r\n =?"));
    }

    /** Leaves out the Message-ID, which Jakarta Mail would make of this machine's name. */
    private static final class FrozenMessage extends MimeMessage {
        FrozenMessage(Session session) {
            super(session);
        }

        @Override
        protected void updateMessageID() {
            // The intake adds it.
        }
    }
}
