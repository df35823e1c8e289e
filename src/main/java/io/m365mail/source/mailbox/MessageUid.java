package io.m365mail.source.mailbox;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.UIDFolder;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.mail.DefaultMailUidGenerator;
import org.apache.camel.component.mail.MailEndpoint;
import org.apache.camel.component.mail.MailUidGenerator;
import org.eclipse.angus.mail.pop3.POP3Folder;

/**
 * The server's own name for a message: UIDVALIDITY and UID (RFC 9051 section 2.3.1.1), or the UIDL of POP3 (RFC 1939).
 * camel-mail's default is the Message-ID, which a sender may choose and two messages may share; it stands in only for a
 * POP3 server that has no UIDL.
 */
final class MessageUid implements MailUidGenerator {
    private final MailUidGenerator byHeader = new DefaultMailUidGenerator();

    @Override
    public String generateUuid(MailEndpoint endpoint, Message message) {
        try {
            Folder folder = message.getFolder();
            if (folder instanceof UIDFolder imap) {
                return imap.getUIDValidity() + "." + imap.getUID(message);
            }
            String uidl = folder instanceof POP3Folder pop3 ? pop3.getUID(message) : null;
            return uidl != null ? uidl : byHeader.generateUuid(endpoint, message);
        } catch (MessagingException e) {
            throw new RuntimeCamelException(e);
        }
    }
}
