package io.m365mail.broker;

import java.time.Duration;

/**
 * How long a broker may keep us waiting.
 *
 * @param call what one call, such as a commit, may take. Longer than twice {@code silence}, so that a connection on
 *     which nothing comes back is given up before its calls are: an answer that came late would be taken for the next
 *     call's
 * @param silence from the last octet of an external broker, which answers pings, to giving up the connection: noticed
 *     after one to two such times
 */
public record BrokerTimeouts(Duration call, Duration silence) {
    public static final BrokerTimeouts DEFAULT = new BrokerTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(8));
}
