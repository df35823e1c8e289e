package io.m365mail.smtp.server;

import io.m365mail.mail.InFlightBudget;
import java.time.Duration;

/**
 * What one client may cost a listener. The defaults suit a relay for devices; they are separate from
 * {@link SmtpServerOptions} because hardly anybody changes them.
 *
 * @param connectionsPerAddress at one time from one remote address; more get {@code 421 4.7.0}; 0 is no limit
 * @param errors commands that the server itself refused, a connection long; the next gets {@code 421 4.7.0}
 * @param authFailures failed logins, a connection long; the last of them is followed by the end of the connection
 * @param idleCommands NOOP, RSET, EHLO, VRFY and HELP without a message in between; more count as errors
 * @param dataBytesPerSecond the average below which DATA and BDAT are cut off, after one idle time-out of grace
 * @param stopGrace how long {@link SmtpServer#stop} lets running transactions finish
 * @param budget for message bytes in the heap
 */
public record SmtpServerLimits(
        int connectionsPerAddress,
        int errors,
        int authFailures,
        int idleCommands,
        long dataBytesPerSecond,
        Duration stopGrace,
        InFlightBudget budget) {

    /** No limit for each address, 20 errors, 3 failed logins, 100 idle commands, 1,000 bytes a second, 10 seconds. */
    public static SmtpServerLimits defaults() {
        return new SmtpServerLimits(0, 20, 3, 100, 1000, Duration.ofSeconds(10), InFlightBudget.ofHeap());
    }

    public SmtpServerLimits withConnectionsPerAddress(int most) {
        return new SmtpServerLimits(most, errors, authFailures, idleCommands, dataBytesPerSecond, stopGrace, budget);
    }

    public SmtpServerLimits withBudget(InFlightBudget shared) {
        return new SmtpServerLimits(
                connectionsPerAddress, errors, authFailures, idleCommands, dataBytesPerSecond, stopGrace, shared);
    }

    public SmtpServerLimits withStopGrace(Duration grace) {
        return new SmtpServerLimits(
                connectionsPerAddress, errors, authFailures, idleCommands, dataBytesPerSecond, grace, budget);
    }
}
