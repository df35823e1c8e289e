package io.m365mail.sandbox;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.user.UserImpl;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.m365mail.mail.MailContent;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Mailboxes to be read over IMAP and POP3 on 127.0.0.1, without TLS: what Exchange Online's {@code outlook.office365.com}
 * is beside {@code smtp.office365.com}. GreenMail plays the two protocols; the bytes of a message are kept in the heap as
 * they were put in. Names of mailboxes are their addresses. Any number run beside each other; {@link #close} frees ports
 * and threads.
 */
public final class SandboxInbox implements AutoCloseable {
    private static final String ADDRESS = "127.0.0.1";
    private static final String INBOX = "INBOX";

    private final GreenMail server;
    private final Map<String, GreenMailUser> users = new ConcurrentHashMap<>();

    private SandboxInbox(int imapPort, int pop3Port) {
        server = new GreenMail(new ServerSetup[] {
            new ServerSetup(imapPort, ADDRESS, ServerSetup.PROTOCOL_IMAP),
            new ServerSetup(pop3Port, ADDRESS, ServerSetup.PROTOCOL_POP3)
        });
        // Else anybody could log in, and a new name would make a mailbox.
        server.getUserManager().setAuthRequired(true);
    }

    /** Listens on free ports. */
    public static SandboxInbox start() {
        return start(0, 0);
    }

    /** @param imapPort and {@code pop3Port}: 0 takes a free one */
    public static SandboxInbox start(int imapPort, int pop3Port) {
        var inbox = new SandboxInbox(imapPort, pop3Port);
        inbox.server.start();
        return inbox;
    }

    /** A new mailbox that is opened with a password. */
    public SandboxInbox mailbox(String address, String password) {
        add(address, password);
        return this;
    }

    /** A new mailbox that is opened with a token (XOAUTH2) which {@code valid} says yes to. */
    public SandboxInbox mailbox(String address, Predicate<String> valid) {
        ((UserImpl) add(address, "")).setTokenValidator(valid::test);
        return this;
    }

    private GreenMailUser add(String address, String password) {
        try {
            GreenMailUser user = server.getUserManager().createUser(address, address, password);
            users.put(address, user);
            return user;
        } catch (UserException e) {
            throw new IllegalArgumentException("mailbox " + address + " is there already", e);
        }
    }

    public boolean has(String address) {
        return users.containsKey(address);
    }

    /** Puts a message into a mailbox's Inbox. */
    public void deliver(String address, MailContent message) throws IOException {
        try (InputStream in = message.open()) {
            user(address).deliver(new MimeMessage(Session.getInstance(new Properties()), in));
        } catch (MessagingException e) {
            throw new IOException("no message: " + e.getMessage(), e);
        }
    }

    /** The messages in a mailbox's Inbox that are not flagged as deleted. */
    public List<MailContent> messages(String address) throws IOException {
        return messages(address, INBOX);
    }

    /** Those in another folder; none where there is no such folder. */
    public List<MailContent> messages(String address, String folder) throws IOException {
        MailFolder found = folder(user(address), folder);
        var messages = new ArrayList<MailContent>();
        for (StoredMessage m : found == null ? List.<StoredMessage>of() : found.getNonDeletedMessages()) {
            var bytes = new ByteArrayOutputStream();
            try {
                m.getMimeMessage().writeTo(bytes);
            } catch (MessagingException e) {
                throw new IOException("cannot be read back: " + e.getMessage(), e);
            }
            messages.add(MailContent.of(bytes.toByteArray()));
        }
        return messages;
    }

    private MailFolder folder(GreenMailUser user, String name) throws IOException {
        ImapHostManager folders = server.getManagers().getImapHostManager();
        try {
            return INBOX.equals(name) ? folders.getInbox(user) : folders.getFolder(user, name);
        } catch (FolderException e) {
            throw new IOException("folder " + name + ": " + e.getMessage(), e);
        }
    }

    private GreenMailUser user(String address) {
        GreenMailUser user = users.get(address);
        if (user == null) {
            throw new IllegalArgumentException("there is no mailbox " + address);
        }
        return user;
    }

    public String host() {
        return ADDRESS;
    }

    public int imapPort() {
        return server.getImap().getPort();
    }

    public int pop3Port() {
        return server.getPop3().getPort();
    }

    @Override
    public void close() {
        server.stop();
    }
}
