package io.m365mail.source.mailbox;

import io.m365mail.config.SourceConfig;
import io.m365mail.mail.RefusedMessageException;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FolderNotFoundException;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that a mailbox cannot be read (or the broker behind the intake takes nothing), with what to do, and once that
 * it can again. A poll in which anything failed does not count as one that is well.
 */
public final class MailboxWatch implements PollingConsumerPollStrategy, ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(MailboxWatch.class);
    private static final int MAX_TEXT = 300;

    private final SourceConfig.Mailbox source;
    private final MailboxAccess access;
    private boolean failed;
    private boolean trouble;

    public MailboxWatch(SourceConfig.Mailbox source, MailboxAccess access) {
        this.source = source;
        this.access = access;
    }

    @Override
    public synchronized boolean begin(Consumer consumer, Endpoint endpoint) {
        failed = false;
        return true;
    }

    @Override
    public synchronized void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
        if (trouble && !failed) {
            LOG.info(
                    "source {}: mailbox {} is read again",
                    source.name(),
                    source.login().mailbox());
            trouble = false;
        }
    }

    /** The next poll comes when it is due; there is nothing to be gained by trying at once. */
    @Override
    public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
        return false;
    }

    @Override
    public void handleException(Throwable exception) {
        went(exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        went(exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        went(exception);
    }

    private synchronized void went(Throwable t) {
        failed = true;
        if (find(t, AuthenticationFailedException.class) != null) {
            access.refused();
        }
        if (!trouble) {
            LOG.warn(
                    "source {}: mailbox {} is not read for now, and it is tried again: {}",
                    source.name(),
                    source.login().mailbox(),
                    reason(t));
        }
        LOG.debug("source {}", source.name(), t);
        trouble = true;
    }

    private String reason(Throwable t) {
        String where = source.server().host() + ":" + source.server().port();
        var token = find(t, MailboxAccess.NoTokenException.class);
        if (token != null) {
            return token.getMessage();
        }
        var login = find(t, AuthenticationFailedException.class);
        if (login != null) {
            return where + " refuses the login (" + clean(login.getMessage()) + "): " + cure();
        }
        if (find(t, FolderNotFoundException.class) != null) {
            return where + " has no folder " + source.folder() + ": set m365.source." + source.name() + ".folder";
        }
        var refused = find(t, RefusedMessageException.class);
        if (refused != null) {
            return "a message is not accepted now: " + clean(refused.getMessage());
        }
        var spool = find(t, FetchedMail.SpoolException.class);
        if (spool != null) {
            return clean(spool.getMessage()) + "; make room on the disk of m365.data";
        }
        Throwable cause = t;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return where + ": " + cause.getClass().getSimpleName() + ": " + clean(cause.getMessage());
    }

    private String cure() {
        boolean imap = source.server().protocol().equals("imap");
        return source.login().byToken()
                ? "the app needs the permission " + (imap ? "IMAP" : "POP") + ".AccessAsApp with admin consent,"
                        + " New-ServicePrincipal and Add-MailboxPermission for this mailbox (docs/mailbox.md), and "
                        + (imap ? "IMAP" : "POP") + " must be on for it (Set-CASMailbox)"
                : "check username and password; Exchange Online takes no passwords for IMAP and POP3, there it has to be"
                        + " auth=xoauth2";
    }

    private static <T extends Throwable> T find(Throwable t, Class<T> type) {
        for (Throwable cause = t; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** What a server says goes into the log on one line, and not at any length. */
    static String clean(String text) {
        String line = String.valueOf(text).replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line;
    }
}
