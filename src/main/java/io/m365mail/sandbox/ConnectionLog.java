package io.m365mail.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which connections there were and how many at once, in total and per mailbox. Its owner locks. */
final class ConnectionLog {
    private final int keep;
    private final Map<Long, SandboxEvents.Connection> connections = new LinkedHashMap<>();
    private final Map<String, Integer> openOf = new HashMap<>();
    private final Map<String, Integer> maxOf = new HashMap<>();
    private long last;
    private long total;
    private int open;
    private int max;

    ConnectionLog(int keep) {
        this.keep = keep;
    }

    long opened(Instant at) {
        forgetOldestClosed();
        connections.put(++last, new SandboxEvents.Connection(last, at, null, null, 0, null));
        total++;
        max = Math.max(max, ++open);
        return last;
    }

    /** @return false where the connection was closed meanwhile */
    boolean authenticated(long number, String mailbox, String tls) {
        SandboxEvents.Connection c = connections.get(number);
        if (c == null || c.closed() != null) {
            return false;
        }
        connections.put(number, new SandboxEvents.Connection(number, c.opened(), mailbox, tls, c.messages(), null));
        int now = openOf.merge(mailbox, 1, Integer::sum);
        maxOf.merge(mailbox, now, Math::max);
        return true;
    }

    void tookMessage(long number) {
        connections.computeIfPresent(
                number,
                (n, c) -> new SandboxEvents.Connection(
                        n, c.opened(), c.mailbox(), c.tls(), c.messages() + 1, c.closed()));
    }

    void closed(long number, Instant at) {
        SandboxEvents.Connection c = connections.get(number);
        if (c == null || c.closed() != null) {
            return;
        }
        open--;
        if (c.mailbox() != null) {
            openOf.merge(c.mailbox(), -1, Integer::sum);
        }
        connections.put(
                number, new SandboxEvents.Connection(number, c.opened(), c.mailbox(), c.tls(), c.messages(), at));
    }

    List<SandboxEvents.Connection> list() {
        return new ArrayList<>(connections.values());
    }

    long total() {
        return total;
    }

    int open() {
        return open;
    }

    int max() {
        return max;
    }

    int max(String mailbox) {
        return maxOf.getOrDefault(mailbox, 0);
    }

    /** Begins anew; connections that are open stay and count. */
    void reset() {
        connections.values().removeIf(c -> c.closed() != null);
        total = connections.size();
        max = open;
        maxOf.clear();
        maxOf.putAll(openOf);
    }

    private void forgetOldestClosed() {
        if (connections.size() >= keep) {
            connections.values().stream()
                    .filter(c -> c.closed() != null)
                    .findFirst()
                    .ifPresent(c -> connections.remove(c.number()));
        }
    }
}
