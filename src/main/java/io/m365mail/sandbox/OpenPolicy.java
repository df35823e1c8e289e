package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import java.time.Instant;
import java.util.List;

/** What an endpoint without mailboxes (the tenant's MX, the old server) takes, and from whom. Null means: taken. */
interface OpenPolicy {
    /** As whom the connection's messages count in the log. */
    String who(SmtpPeer peer, String from);

    /** The reply to AUTH. */
    Reply auth(SmtpCredentials credentials);

    /** A refusal of MAIL, or null. */
    Reply mail(SmtpPeer peer, String from, Instant now);

    /**
     * A refusal of one recipient, or null.
     *
     * @param before recipients accepted in this transaction so far
     */
    Reply rcpt(SmtpPeer peer, String from, String to, List<String> before);

    /** A refusal of the whole message, or null. */
    Reply message(List<String> recipients, long size, Instant now);
}
