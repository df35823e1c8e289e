package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.time.Instant;

/** The entries of the sandbox's log beside the messages. None holds a password, secret or token. */
public final class SandboxEvents {
    private SandboxEvents() {}

    /**
     * An answered AUTH.
     *
     * @param user as the client wrote it
     */
    public record AuthAttempt(Instant at, long connection, String mechanism, String user, Reply reply) {
        public boolean succeeded() {
            return reply.isPositive();
        }
    }

    /**
     * A 4xx or 5xx reply, whether proper or asked for as a fault.
     *
     * @param mailbox who was logged in, or null
     */
    public record Refusal(Instant at, long connection, String mailbox, Stage stage, Reply reply) {}

    /**
     * A connection.
     *
     * @param mailbox who logged in, or null
     * @param tls such as {@code TLSv1.3} as it was when the client logged in, or null
     * @param closed null while it is open
     */
    public record Connection(long number, Instant opened, String mailbox, String tls, int messages, Instant closed) {}

    /**
     * A request to the token endpoint.
     *
     * @param clientId as the client wrote it, or null
     * @param credential {@code secret}, {@code assertion} or {@code none}
     * @param status of HTTP
     * @param error such as {@code AADSTS7000215}, or null where a token was given
     */
    public record TokenRequest(
            Instant at, String tenant, String clientId, String credential, int status, String error) {}
}
