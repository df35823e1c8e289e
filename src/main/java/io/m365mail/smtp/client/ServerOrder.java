package io.m365mail.smtp.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Remembers servers that did not answer: for five minutes they are tried last, so that not every new connection pays for
 * finding that out again.
 */
final class ServerOrder {
    private static final long MEMORY = TimeUnit.MINUTES.toNanos(5);
    /** More names than any domain has; an MX that changes with each look-up cannot fill the heap. */
    private static final int MAX = 100;

    private final LongSupplier nanoTime;
    private final Map<String, Long> failedAt = new HashMap<>();

    ServerOrder(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The same servers, those that failed lately at the end. */
    synchronized List<MailServers.Server> of(List<MailServers.Server> servers) {
        long now = nanoTime.getAsLong();
        failedAt.values().removeIf(at -> now - at >= MEMORY);
        List<MailServers.Server> order = new ArrayList<>(servers);
        order.sort((a, b) -> Boolean.compare(failedAt.containsKey(a.host()), failedAt.containsKey(b.host())));
        return order;
    }

    synchronized void failed(MailServers.Server server) {
        if (failedAt.size() < MAX) {
            failedAt.put(server.host(), nanoTime.getAsLong());
        }
    }

    synchronized void answered(MailServers.Server server) {
        failedAt.remove(server.host());
    }
}
