package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.SmtpCredentials;

/**
 * Decides an AUTH. Policy refusals of Basic come before the password is looked at; the SMTP AUTH switch, which blocks
 * tokens too, comes after the credentials were found right.
 */
final class Authenticator {
    private final Tenant tenant;
    private final AccessTokens tokens;

    Authenticator(Tenant tenant, AccessTokens tokens) {
        this.tenant = tenant;
        this.tokens = tokens;
    }

    /** @param mailbox null unless the reply is 235 */
    record Decision(Reply reply, SandboxMailbox mailbox) {}

    Decision decide(SmtpCredentials credentials) {
        SandboxMailbox mailbox = tenant.mailbox(credentials.user());
        Reply refusal =
                switch (credentials.mechanism()) {
                    case "LOGIN" -> login(mailbox, credentials.secret());
                    case "XOAUTH2" -> token(mailbox, credentials.secret());
                    default -> Replies.AUTH_UNKNOWN_TYPE;
                };
        if (refusal == null) {
            refusal = mailbox.access().refusal();
        }
        return refusal == null ? new Decision(Replies.AUTH_OK, mailbox) : new Decision(refusal, null);
    }

    private static Reply login(SandboxMailbox mailbox, String password) {
        if (mailbox == null) {
            return Replies.WRONG_PASSWORD;
        }
        Reply refusal = mailbox.basic().refusal();
        return refusal != null ? refusal : mailbox.hasPassword(password) ? null : Replies.WRONG_PASSWORD;
    }

    private Reply token(SandboxMailbox mailbox, String token) {
        SandboxApp app = tokens.appOf(token);
        return mailbox != null && app != null && app.canUse(mailbox.address()) ? null : Replies.AUTH_FAILED;
    }
}
