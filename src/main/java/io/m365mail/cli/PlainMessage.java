package io.m365mail.cli;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

/**
 * Builds a plain RFC 5322 message from a text. Jakarta Mail encodes subject (RFC 2047) and body where that is needed;
 * Date and Message-ID are left out, for the intake gives them.
 */
final class PlainMessage {
    private PlainMessage() {}

    /** @param body in UTF-8, with any line ends */
    static byte[] build(String from, List<String> to, String subject, byte[] body) throws CommandException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString()
                    .replaceAll("\r\n|\r|\n", "\r\n");
            MimeMessage message = new Undated();
            // As they are: an address may be non-ASCII (RFC 6532), which the address classes would refuse.
            message.setHeader("From", from);
            message.setHeader("To", String.join(",\r\n ", to));
            if (subject != null) {
                message.setSubject(subject, "UTF-8");
            }
            message.setText(text, text.chars().allMatch(c -> c < 128) ? "us-ascii" : "UTF-8");
            message.saveChanges();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            message.writeTo(out);
            return out.toByteArray();
        } catch (CharacterCodingException e) {
            throw CommandException.usage(
                    "the text is not UTF-8. Convert it, or send a whole message from a file that ends in .eml.");
        } catch (MessagingException | IOException e) {
            throw CommandException.usage("the message cannot be built: " + e.getMessage());
        }
    }

    private static final class Undated extends MimeMessage {
        Undated() {
            super(Session.getInstance(new Properties()));
        }

        @Override
        protected void updateHeaders() throws MessagingException {
            super.updateHeaders();
            removeHeader("Message-ID");
            removeHeader("Date");
        }
    }
}
