package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import java.io.IOException;

/** One SASL mechanism with its credentials (RFC 4954). Used by several connections at once; shows no secret. */
public interface Authenticator {
    /** The name that the server must offer, such as {@code LOGIN}. */
    String mechanism();

    /**
     * Logs in.
     *
     * @return the server's last reply; positive is success
     * @throws SmtpFailure where there are no credentials to show, with the reply that says why
     */
    Reply authenticate(Dialogue dialogue) throws IOException, SmtpFailure;

    /** Sends one line and reads its reply. */
    @FunctionalInterface
    interface Dialogue {
        Reply say(String line) throws IOException;
    }
}
