package io.m365mail.app;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.Queues;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which queues a configuration needs at the broker, beside those that every bundle has. */
record BundleQueues(BundleConfig config) {
    /** Where LOB systems submit. */
    Set<String> submission() {
        return config.sources().stream()
                .filter(SourceConfig.Jms.class::isInstance)
                .map(s -> ((SourceConfig.Jms) s).queue())
                .collect(Collectors.toSet());
    }

    /** Nobody but the bundle uses them. */
    Set<String> own() {
        Set<String> queues = Stream.concat(
                        ofTransports(), reportingSources().stream().map(s -> Queues.OUTCOME_PREFIX + s))
                .collect(Collectors.toSet());
        if (lookForBounces()) {
            queues.add(Queues.SENT);
        }
        return queues;
    }

    private Stream<String> ofTransports() {
        return config.transports().stream()
                .flatMap(t -> Stream.of(t.queue(), Queues.external(t.name()), Queues.kept(t.name())));
    }

    /** Those with deliveries of transports that are gone from the configuration. */
    List<String> stranded(BrokerAdmin admin) {
        Set<String> served = ofTransports().collect(Collectors.toSet());
        return admin.queueNames(Queues.TRANSPORT_PREFIX).stream()
                .filter(q -> !served.contains(q))
                .filter(q -> {
                    Long count = admin.count(q);
                    return count != null && count > 0;
                })
                .toList();
    }

    /** Some source looks for bounces. */
    boolean lookForBounces() {
        return config.sources().stream().anyMatch(s -> s instanceof SourceConfig.Mailbox m && m.bounces());
    }

    /** The sources that write back what became of their submissions. */
    Set<String> reportingSources() {
        return config.sources().stream()
                .filter(SourceConfig.Database.class::isInstance)
                .map(SourceConfig::name)
                .collect(Collectors.toSet());
    }
}
