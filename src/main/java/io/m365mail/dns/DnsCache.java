package io.m365mail.dns;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;

/**
 * Keeps answers for their time to live, "there is none" included. One question at a time goes out, so that twenty
 * connections opened at once ask once. While the DNS does not answer, one that has run out serves for another day
 * (RFC 8767): mail goes on through a DNS outage.
 */
final class DnsCache {
    private static final Logger LOG = LoggerFactory.getLogger(DnsCache.class);
    private static final Duration STALE = Duration.ofDays(1);

    private record Key(Name name, int type) {}

    private record Kept(DnsAnswer answer, Instant until) {}

    private final DnsClient client;
    private final Clock clock;
    private final Map<Key, Kept> answers = new HashMap<>();

    DnsCache(DnsClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** @throws DnsException where there is no answer, not even an old one */
    synchronized DnsAnswer ask(Name name, int type) throws DnsException {
        Key key = new Key(name, type);
        Kept kept = answers.get(key);
        Instant now = clock.instant();
        if (kept != null && now.isBefore(kept.until())) {
            return kept.answer();
        }
        try {
            DnsAnswer answer = client.ask(name, type);
            answers.put(key, new Kept(answer, now.plus(answer.life())));
            return answer;
        } catch (DnsException e) {
            if (kept == null
                    || kept.answer().records().isEmpty()
                    || now.isAfter(kept.until().plus(STALE))) {
                throw e;
            }
            LOG.warn("{}; its last answer for {} is used on", e.getMessage(), name);
            return kept.answer();
        }
    }
}
