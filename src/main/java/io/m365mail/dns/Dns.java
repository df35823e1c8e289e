package io.m365mail.dns;

import java.net.InetSocketAddress;
import java.time.Clock;

/** The DNS as one bundle sees it: a server to ask, and what it said. Shared by the bundle's transports. */
public final class Dns {
    private final DnsClient client;
    private final DnsCache cache;

    /**
     * @param server null for the system's
     * @param clock by which answers grow old
     */
    public Dns(InetSocketAddress server, Clock clock) {
        this.client = new DnsClient(server);
        this.cache = new DnsCache(client, clock);
    }

    DnsCache cache() {
        return cache;
    }

    /** How many questions went out, for who wonders whether the cache works. */
    public long questions() {
        return client.questions();
    }
}
