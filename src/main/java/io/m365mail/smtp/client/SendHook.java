package io.m365mail.smtp.client;

import java.time.Instant;

/** What happens around a transaction: how the limit's account is kept. */
public interface SendHook {
    /** Nothing to account for. */
    SendHook NONE = new SendHook() {
        @Override
        public Instant beforeMail(int recipients) {
            return null;
        }

        @Override
        public void answered() {}
    };

    /**
     * Called once for each message, right before MAIL on a connection that is ready.
     *
     * @return null to go on; else when to try again, and nothing is sent
     */
    Instant beforeMail(int recipients);

    /** Called once after {@link #beforeMail} let it go: the last reply came, or the connection is gone. */
    void answered();
}
