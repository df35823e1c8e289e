package io.m365mail.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of a transport that lead its mail to another one: {@code fallback} and {@code copy-to}. */
final class FlowOptions {
    private static final String INTERNAL = "internal";

    static final Option<String> FALLBACK = Option.optional(
            "fallback", ValueTypes.TEXT, "name of the transport that takes over the queue while this one is down");
    private static final Option<Duration> FALLBACK_AFTER = Option.of(
            "fallback-after", ValueTypes.DURATION, "10m", "how long it has to be down until the fallback takes over");
    private static final Option<String> COPY_TO = Option.optional(
            "copy-to",
            ValueTypes.TEXT,
            "name of the transport to the existing server that gets a copy of each message");
    private static final Option<String> COPY_RECIPIENTS = Option.of(
            "copy-recipients",
            ValueType.of("internal or mail address", FlowOptions::parseRecipients),
            INTERNAL,
            "who gets the copies: internal (the internal recipients), or one archive address");

    static final List<Option<?>> ALL = List.of(FALLBACK, FALLBACK_AFTER, COPY_TO, COPY_RECIPIENTS);

    private FlowOptions() {}

    static List<BundleConfig.Flow> bind(List<TypedBinder.Bound<TransportConfig>> transports, List<String> domains) {
        Map<String, TransportConfig> byName = new HashMap<>();
        transports.stream().filter(t -> t.value() != null).forEach(t -> byName.put(t.name(), t.value()));
        List<BundleConfig.Flow> flows = transports.stream()
                .filter(t -> t.value() != null
                        && (t.section().has(FALLBACK) || t.section().has(COPY_TO)))
                .map(t -> flow(t.name(), t.section(), byName, domains))
                .toList();
        for (TypedBinder.Bound<TransportConfig> t : transports) {
            refuseCircle(t, flows);
        }
        return flows;
    }

    private static BundleConfig.Flow flow(
            String name, Section s, Map<String, TransportConfig> byName, List<String> domains) {
        String fallback = s.get(FALLBACK);
        String copyTo = s.get(COPY_TO);
        String recipients = s.get(COPY_RECIPIENTS);
        known(s, FALLBACK, fallback, name, byName.keySet());
        known(s, COPY_TO, copyTo, name, byName.keySet());
        TransportConfig server = copyTo == null ? null : byName.get(copyTo);
        if (server != null && !server.type().equals("server")) {
            s.mistake(
                    COPY_TO, "a copy goes to a transport of type server only", "Name the existing server's transport");
        }
        boolean internal = recipients == null || recipients.equals(INTERNAL);
        if (s.has(COPY_TO) && internal && domains != null && domains.isEmpty()) {
            s.mistake(COPY_RECIPIENTS, "nobody is internal without m365.domains", "Set m365.domains");
        }
        if (s.has(COPY_TO) && !internal && domains != null && !isOurs(recipients, domains)) {
            s.mistake(
                    COPY_RECIPIENTS,
                    "a copy never leaves the organisation, and the address is in none of m365.domains or below",
                    "Give an address of the organisation, or add its domain to m365.domains");
        }
        return new BundleConfig.Flow(name, fallback, s.get(FALLBACK_AFTER), copyTo, internal ? null : recipients);
    }

    private static void known(Section s, Option<String> option, String value, String own, Set<String> names) {
        if (value == null) {
            return;
        }
        if (value.equals(own)) {
            s.mistake(option, "a transport cannot be its own " + option.key(), "Name another one");
        } else if (!names.contains(value)) {
            s.mistake(
                    option,
                    "there is no transport of this name, or it is turned off",
                    "The nearest is " + Nearest.of(value, names));
        }
    }

    /** Who is down and whose fallback is down would hand mail round and round. */
    private static void refuseCircle(TypedBinder.Bound<TransportConfig> t, List<BundleConfig.Flow> flows) {
        Set<String> seen = new HashSet<>();
        String at = t.name();
        while (at != null && seen.add(at)) {
            String here = at;
            at = flows.stream()
                    .filter(f -> f.transport().equals(here))
                    .map(BundleConfig.Flow::fallback)
                    .filter(f -> f != null && !f.equals(here))
                    .findFirst()
                    .orElse(null);
        }
        if (t.name().equals(at) && !t.section().isBad(FALLBACK)) {
            t.section()
                    .mistake(
                            FALLBACK,
                            "the fallbacks form a circle that comes back to " + t.name(),
                            "Leave out the fallback of the last one");
        }
    }

    private static boolean isOurs(String address, List<String> domains) {
        String domain = address.substring(address.lastIndexOf('@') + 1).toLowerCase(java.util.Locale.ROOT);
        return domains.stream().anyMatch(d -> domain.equals(d) || domain.endsWith("." + d));
    }

    private static String parseRecipients(String text) throws ValueException {
        return text.equals(INTERNAL) ? text : ValueTypes.parseAddress(text);
    }
}
