package io.m365mail.delivery;

import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Stage;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when a transport's server cannot be reached: no connection, no greeting or a refusing one, no EHLO, no TLS. A
 * server that answers at AUTH or later is there, whatever it thinks of the login or the message.
 */
public final class Outages {
    private final Clock clock;
    private final Map<String, Down> down = new ConcurrentHashMap<>();

    public Outages(Clock clock) {
        this.clock = clock;
    }

    /** @param reply the first that said so */
    public record Down(Instant since, String reply) {}

    void seen(String transport, Outcome outcome) {
        Outcome.Result first = outcome.results().get(0);
        boolean stopping = !first.fromServer() && "4.3.2".equals(first.reply().enhanced());
        if (first.stage().compareTo(Stage.AUTH) >= 0) {
            down.remove(transport);
        } else if (!stopping) {
            down.putIfAbsent(transport, new Down(clock.instant(), first.reply().toString()));
        }
    }

    /** The server was seen to answer. */
    public void isUp(String transport) {
        down.remove(transport);
    }

    /** Null while it is not known to be down. */
    public Down of(String transport) {
        return down.get(transport);
    }
}
