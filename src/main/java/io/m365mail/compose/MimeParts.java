package io.m365mail.compose;

import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.ContentDisposition;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.ParameterList;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;

/** The tree of parts of a message, with no level that is not needed. */
final class MimeParts {
    private static final String UNKNOWN = "application/octet-stream";

    private MimeParts() {}

    static MimeBodyPart of(NewMessage message) throws MessagingException {
        boolean html = message.html() != null && !message.html().isEmpty();
        var inline = new ArrayList<Attachment>();
        var others = new ArrayList<Attachment>();
        message.attachments().forEach(a -> (html && a.contentId() != null ? inline : others).add(a));
        MimeBodyPart body = html ? withText(message, related(message.html(), inline)) : text(message.text(), "plain");
        return combine("mixed", body, others);
    }

    private static MimeBodyPart related(String html, List<Attachment> inline) throws MessagingException {
        return combine("related", text(html, "html"), inline);
    }

    private static MimeBodyPart withText(NewMessage message, MimeBodyPart html) throws MessagingException {
        if (message.text() == null || message.text().isEmpty()) {
            return html;
        }
        var alternative = new MimeMultipart("alternative", text(message.text(), "plain"), html);
        return part(alternative);
    }

    /** {@code first} alone where there is nothing to combine it with. */
    private static MimeBodyPart combine(String subtype, MimeBodyPart first, List<Attachment> attachments)
            throws MessagingException {
        if (attachments.isEmpty()) {
            return first;
        }
        var multipart = new MimeMultipart(subtype, first);
        for (Attachment attachment : attachments) {
            multipart.addBodyPart(attached(attachment, subtype.equals("related")));
        }
        return part(multipart);
    }

    private static MimeBodyPart part(MimeMultipart multipart) throws MessagingException {
        var part = new MimeBodyPart();
        part.setContent(multipart);
        return part;
    }

    private static MimeBodyPart text(String text, String subtype) throws MessagingException {
        var part = new MimeBodyPart();
        String lines = text == null ? "" : text.replaceAll("\\r\\n|\\r|\\n", "\r\n");
        part.setText(lines, "utf-8", subtype);
        return part;
    }

    private static MimeBodyPart attached(Attachment attachment, boolean inline) throws MessagingException {
        var part = new MimeBodyPart();
        var type = new ContentType(contentType(attachment));
        part.setDataHandler(new DataHandler(new BlobSource(attachment, type.toString())));
        type.setParameterList(named("name", attachment, type.getParameterList()));
        part.setHeader("Content-Type", type.toString());
        part.setHeader("Content-Transfer-Encoding", "base64");
        var disposition = new ContentDisposition(inline ? "inline" : "attachment");
        disposition.setParameterList(named("filename", attachment, null));
        part.setHeader("Content-Disposition", disposition.toString());
        if (attachment.contentId() != null) {
            part.setContentID("<" + attachment.contentId() + ">");
        }
        return part;
    }

    /** RFC 2231, in UTF-8 whatever this machine's charset is. */
    private static ParameterList named(String parameter, Attachment attachment, ParameterList others) {
        ParameterList list = others == null ? new ParameterList() : others;
        list.set(parameter, attachment.name(), "UTF-8");
        return list;
    }

    private static String contentType(Attachment attachment) {
        if (attachment.contentType() != null) {
            return attachment.contentType();
        }
        String guess = URLConnection.getFileNameMap().getContentTypeFor(attachment.name());
        // A message must not be base64 (RFC 2046 section 5.2.1), so it goes as a file.
        boolean usable = guess != null && !guess.startsWith("message/") && !guess.startsWith("multipart/");
        return usable ? guess : UNKNOWN;
    }

    private record BlobSource(Attachment attachment, String type) implements DataSource {
        @Override
        public InputStream getInputStream() throws IOException {
            return attachment.content().open();
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            throw new IOException("an attachment is read only");
        }

        @Override
        public String getContentType() {
            return type;
        }

        @Override
        public String getName() {
            return attachment.name();
        }
    }
}
