package io.m365mail.config;

import java.util.List;

/**
 * What Exchange Online does not forgive in a mailbox transport. Its published limits (30 messages a minute, 3
 * connections, 10,000 recipients a day, 1,000 recipients a message) are errors when exceeded on one of its own hosts, and
 * are free on others: a sandbox or another provider. Source: Microsoft, "Exchange Online limits" and "How to set up a
 * multifunction device or application to send email".
 */
final class ExchangeOnline {
    private static final List<String> DOMAINS =
            List.of("office365.com", "outlook.com", "office365.us", "partner.outlook.cn", "apps.mil", "mx.microsoft");

    private ExchangeOnline() {}

    static boolean isHost(String host) {
        return DOMAINS.stream().anyMatch(d -> host.equals(d) || host.endsWith("." + d));
    }

    static void check(Section s, TransportOptions o, TransportConfig.SmtpAuth transport) {
        TransportConfig.Target target = transport.target();
        TransportConfig.Limits limits = transport.limits();
        if (target.port() == 465 && isHost(target.host())) {
            s.mistake(o.port(), "Exchange Online has no implicit TLS on port 465", "Use 587 (the default) or 25");
        }
        if (target.tls().equals("implicit") && isHost(target.host())) {
            s.mistake(o.tls(), "Exchange Online speaks TLS after STARTTLS only", "Use tls=require, the default");
        }
        if (isHost(target.host()) && !transport.highVolume()) {
            atMost(s, o.messagesPerMinute(), limits.messagesPerMinute(), 30, "messages a minute from a mailbox");
            atMost(s, o.connections(), limits.connections(), 3, "connections at a time of a mailbox");
            atMost(s, o.recipientsPerDay(), limits.recipientsPerDay(), 10_000, "recipients a day from a mailbox");
            atMost(s, o.recipientsPerMessage(), limits.recipientsPerMessage(), 1000, "recipients of a message");
        }
    }

    private static void atMost(Section s, Option<Integer> option, int value, int limit, String what) {
        if (value == 0 || value > limit) {
            s.mistake(
                    option,
                    "Exchange Online takes " + String.format(java.util.Locale.ROOT, "%,d", limit) + " " + what
                            + " and blocks what sends more",
                    "Give " + limit + " or less; a second transport with another mailbox has its own limit");
        }
    }
}
