package io.m365mail.config;

/**
 * The preset {@code hve} of a mailbox transport: an account of High Volume Email. It has no published rate and no daily
 * limit, takes 50 recipients and 10 MB a message, and reaches recipients inside the tenant only. Sources: Microsoft,
 * "High volume email for Microsoft 365"; the limits of a message from public notes of its users.
 */
final class HighVolume {
    static final String KEY = "hve";
    static final String SCOPE = "https://outlook.office.com/.default";

    private static final int RECIPIENTS = 50;
    private static final long SIZE = 10_000_000;

    private HighVolume() {}

    static TransportConfig.Limits limits(Section s, TransportOptions o) {
        TransportConfig.Limits given = o.limits(s);
        return new TransportConfig.Limits(
                s.has(o.messagesPerMinute()) ? given.messagesPerMinute() : 0,
                given.connections(),
                s.has(o.recipientsPerDay()) ? given.recipientsPerDay() : 0,
                s.has(o.recipientsPerMessage()) ? given.recipientsPerMessage() : RECIPIENTS,
                given.recipientsPerDomain(),
                given.messagesPerConnection(),
                s.has(o.maxMessageSize()) ? given.maxMessageSize() : SIZE);
    }

    static void check(Section s, TransportOptions o, Option<?> preset, Cloud cloud, TransportConfig.Limits limits) {
        if (cloud == Cloud.CHINA) {
            s.mistake(preset, "China's cloud (21Vianet) has no High Volume Email", "Use preset=mailbox");
        } else if (cloud != Cloud.WORLDWIDE && !s.has(o.host())) {
            s.mistake(
                    preset,
                    "the host of High Volume Email in the cloud " + cloud.key() + " is not known",
                    "Set host to the one that Microsoft's page for this cloud names");
        }
        if (limits.recipientsPerMessage() > RECIPIENTS) {
            s.mistake(
                    o.recipientsPerMessage(),
                    "High Volume Email takes " + RECIPIENTS + " recipients a message",
                    "Give " + RECIPIENTS + " or less");
        }
        if (limits.maxMessageSize() == 0 || limits.maxMessageSize() > 10L << 20) {
            s.mistake(o.maxMessageSize(), "High Volume Email takes 10 MB a message", "Give 10MB or less");
        }
    }
}
