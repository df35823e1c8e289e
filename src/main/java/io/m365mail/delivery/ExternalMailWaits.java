package io.m365mail.delivery;

import io.m365mail.broker.Queues;
import io.m365mail.limit.ExternalPark;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Recipient;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * A step before the transport: while the tenant's limit for external recipients is used up, those are put aside and the
 * internal ones go on. Where there are only external ones the body becomes a {@link Waiting} and nothing is to be sent.
 */
public final class ExternalMailWaits implements Processor {
    /** The {@link Waiting} part of a delivery whose internal part goes on. */
    static final String ASIDE = "M365Aside";

    private final ExternalPark park;
    private final Predicate<String> internalDomains;
    private final Supplier<String> ids;

    public ExternalMailWaits(ExternalPark park, Predicate<String> internalDomains, Supplier<String> ids) {
        this.park = park;
        this.internalDomains = internalDomains;
        this.ids = ids;
    }

    @Override
    public void process(Exchange exchange) {
        Delivery d = exchange.getMessage().getBody(Delivery.class);
        if (!park.waits(Addresses.domain(d.envelope().from()))) {
            return;
        }
        var byPlace = d.envelope().recipients().stream()
                .collect(Collectors.partitioningBy(r -> internalDomains.test(r.domain())));
        List<Recipient> external = byPlace.get(false);
        String queue = Queues.external(d.transport());
        if (byPlace.get(true).isEmpty()) {
            exchange.getMessage().setBody(new Waiting(d, queue));
        } else if (!external.isEmpty()) {
            Delivery aside = part(d, external).withId(ids.get());
            exchange.setProperty(ASIDE, new Waiting(aside, queue));
            exchange.getMessage().setBody(part(d, byPlace.get(true)));
        }
    }

    private static Delivery part(Delivery d, List<Recipient> recipients) {
        return d.putOff(d.envelope().withRecipients(recipients), null, d.attempts(), d.lastReply(), d.tried());
    }
}
