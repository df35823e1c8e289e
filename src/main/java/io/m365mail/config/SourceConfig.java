package io.m365mail.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One configured way in. */
public sealed interface SourceConfig {
    String name();

    /**
     * A listener for devices and applications.
     *
     * @param networks who may submit without AUTH, CIDR
     * @param users who may submit with AUTH; the password is revealed only to compare
     * @param senders patterns allowed as MAIL FROM; empty allows all
     * @param recipients patterns allowed as RCPT TO; empty allows all
     * @param rate messages a minute for each client address or user; 0 is no limit
     * @param tls off, starttls, require, implicit
     * @param tlsMin {@code TLSv1.2} or {@code TLSv1.3}
     * @param keyStore PKCS#12 with certificate and key, or null where TLS is off
     * @param maxMessageSize bytes
     * @param headerPriority a message's X-Priority or Importance decides its place in the queue
     * @param refuse {@code rcpt}: what no transport can carry is refused at RCPT; {@code dead-letter}: accepted and dead
     */
    record Smtp(
            String name,
            String address,
            int port,
            List<String> networks,
            List<User> users,
            List<String> senders,
            List<String> recipients,
            int rate,
            String tls,
            String tlsMin,
            Path keyStore,
            Secret keyStorePassword,
            long maxMessageSize,
            int maxRecipients,
            int maxConnections,
            boolean proxyProtocol,
            boolean headerPriority,
            String refuse)
            implements SourceConfig {}

    /** A login of an SMTP source. */
    record User(String name, Secret password) {}

    /**
     * A folder watched for {@code *.eml} and {@code *.json}.
     *
     * @param settle how long a file must not have changed before it is taken
     */
    record Folder(String name, Path path, Duration settle) implements SourceConfig {}

    /**
     * A folder with a folder for each recipient, whose files are mailed as attachments.
     *
     * @param from the sender
     * @param template name of a folder of {@code m365.templates}, or null for the built-in one
     * @param settle how long a file must not have changed before it is taken
     */
    record Scan(String name, Path path, String from, String template, Duration settle) implements SourceConfig {}

    /**
     * A table that line-of-business systems write messages to.
     *
     * @param url JDBC, without credentials
     * @param username null where the URL needs none
     * @param maxMessageSize bytes of all attachments of a message
     */
    record Database(
            String name, String url, String username, Secret password, Duration pollInterval, long maxMessageSize)
            implements SourceConfig {}

    /** A queue that applications publish to. */
    record Jms(String name, String queue) implements SourceConfig {}

    /**
     * A mailbox that is read over IMAP or POP3: mail to pass on, and bounces.
     *
     * @param folder that is read; IMAP
     * @param after what becomes of a message that was taken
     * @param asideFolder where a message goes that is not taken; IMAP
     * @param bounces reports of failed delivery are looked for
     * @param forward how mail is passed on, or null where none is
     * @param maxMessageSize bytes
     */
    record Mailbox(
            String name,
            Server server,
            MailboxLogin login,
            String folder,
            Duration pollInterval,
            After after,
            String asideFolder,
            boolean bounces,
            Forward forward,
            long maxMessageSize)
            implements SourceConfig {}

    /**
     * Where a mailbox is read.
     *
     * @param protocol imap, pop3
     * @param tls implicit, starttls, off
     * @param trustStore PKCS#12, or null for the JDK's CAs
     */
    record Server(String protocol, String host, int port, String tls, Path trustStore, Secret trustStorePassword) {}

    /**
     * @param what delete, seen, move
     * @param folder of move, else null
     */
    record After(String what, String folder) {}

    /**
     * The envelope of mail that is passed on.
     *
     * @param to the recipients; empty where the message's own are used
     * @param recipients patterns that the message's own must match
     * @param from the envelope sender; null for the message's From
     */
    record Forward(List<String> to, List<String> recipients, String from) {
        /** The message's own To and Cc. */
        public boolean toHeader() {
            return to.isEmpty();
        }
    }
}
