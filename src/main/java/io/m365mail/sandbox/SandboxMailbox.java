package io.m365mail.sandbox;

import io.m365mail.config.Secret;
import io.m365mail.smtp.Reply;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A mailbox of the sandbox's tenant. Every setting may be changed while the sandbox runs and holds from the next
 * command on, so that a test takes a permission away in mid-stream.
 */
public final class SandboxMailbox {
    /** Why Exchange Online refuses a log-in with right credentials; each has its own words. */
    public enum Access {
        ALLOWED(null),
        SMTP_AUTH_DISABLED("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the"
                + " Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information."),
        SMTP_AUTH_DISABLED_FOR_TENANT("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"
                + " for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information."),
        SECURITY_DEFAULTS("535 5.7.139 Authentication unsuccessful, user is locked by your organization's security"
                + " defaults policy. Contact your administrator."),
        CONDITIONAL_ACCESS("535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be"
                + " authenticated successfully. Contact your administrator.");

        private final Reply refusal;

        Access(String line) {
            refusal = line == null ? null : Replies.line(line);
        }

        Reply refusal() {
            return refusal;
        }
    }

    /** Whether a password will do. */
    public enum Basic {
        ALLOWED(null),
        DISABLED("535 5.7.139 Authentication unsuccessful, basic authentication is disabled."),
        /** The announced words for the time after Basic authentication. */
        RETIRED("550 5.7.30 Basic authentication is not supported for Client Submission.");

        private final Reply refusal;

        Basic(String line) {
            refusal = line == null ? null : Replies.line(line);
        }

        Reply refusal() {
            return refusal;
        }
    }

    private final String address;
    private final MailboxAccount account = new MailboxAccount();
    private final Set<String> sendAs = ConcurrentHashMap.newKeySet();
    private volatile Secret password;
    private volatile Access access = Access.ALLOWED;
    private volatile Basic basic = Basic.ALLOWED;
    private volatile boolean blocked;
    private volatile boolean full;

    SandboxMailbox(String address, Secret password) {
        this.address = address.toLowerCase(Locale.ROOT);
        this.password = password;
    }

    public String address() {
        return address;
    }

    /** A new password; the old one is refused from now on. */
    public SandboxMailbox password(String value) {
        password = Secret.of(value);
        return this;
    }

    /** Addresses that this mailbox may also use as P1 and in the From header. */
    public SandboxMailbox sendAs(String... addresses) {
        for (String a : addresses) {
            sendAs.add(a.toLowerCase(Locale.ROOT));
        }
        return this;
    }

    /** What it may send as besides itself, in lower case and in order. */
    List<String> sendAsAddresses() {
        return sendAs.stream().sorted().toList();
    }

    /** Takes back what {@link #sendAs} gave. */
    public SandboxMailbox noSendAs() {
        sendAs.clear();
        return this;
    }

    public SandboxMailbox smtpAuthDisabled() {
        return access(Access.SMTP_AUTH_DISABLED);
    }

    public SandboxMailbox access(Access value) {
        access = value;
        return this;
    }

    public SandboxMailbox basic(Basic value) {
        basic = value;
        return this;
    }

    /** Blocked for spam: messages get {@code 550 5.1.8}. */
    public SandboxMailbox blocked(boolean value) {
        blocked = value;
        return this;
    }

    /** The Sent Items filled the mailbox: messages get {@code 554 5.2.2}. */
    public SandboxMailbox full(boolean value) {
        full = value;
        return this;
    }

    boolean hasPassword(String given) {
        return password.equals(Secret.of(given));
    }

    boolean maySendAs(String sender) {
        String s = sender.toLowerCase(Locale.ROOT);
        return s.equals(address) || sendAs.contains(s);
    }

    Access access() {
        return access;
    }

    Basic basic() {
        return basic;
    }

    /** Why this mailbox may not send at all now, or null. */
    Reply blockedReply() {
        return blocked ? Replies.BLOCKED : full ? Replies.MAILBOX_FULL : null;
    }

    MailboxAccount account() {
        return account;
    }

    @Override
    public String toString() {
        return address;
    }
}
