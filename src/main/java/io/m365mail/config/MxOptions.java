package io.m365mail.config;

import java.util.ArrayList;
import java.util.List;

/** What the two ways to the tenant's MX have in common: options, and what Exchange Online does not forgive there. */
record MxOptions(TransportOptions common) {
    static final Option<Cloud> CLOUD = Option.of(
            "cloud", Cloud.VALUE, "worldwide", "Microsoft's cloud that the tenant is in; worldwide is GCC too");
    static final Option<Integer> PORT = TransportOptions.port("25");
    private static final Option<String> HOST = Option.derived(
            "host",
            ValueTypes.HOST,
            "the MX of the first of m365.domains that has one there",
            "name of the tenant's MX endpoint; needed where the MX of each domain is a filter or another server");

    /** Both reach the same server: no published rate; 200 recipients of one domain (NDR 4.5.3), 150 MiB (EHLO). */
    static MxOptions withTls(String tls) {
        return new MxOptions(TransportOptions.with(
                HOST, new TransportOptions.Defaults(PORT.defaultText(), tls, "0", "10", "0", "500", "200", "150MiB")));
    }

    /** All options, {@code more} at the front. */
    List<Option<?>> all(Option<?>... more) {
        List<Option<?>> all = new ArrayList<>(List.of(more));
        all.add(CLOUD);
        all.addAll(common.all());
        return all;
    }

    /** @param type of the transport, for the words */
    void check(Section s, String type, TransportConfig.Target target) {
        String host = target.host();
        boolean exchange = host == null || ExchangeOnline.isHost(host);
        if (host != null && Networks.isIp(host) && !Networks.isLoopback(host)) {
            s.mistake(
                    HOST,
                    "an IP address cannot be used: Exchange Online's addresses change and its certificate carries"
                            + " names",
                    "Use the MX name, such as contoso-com.mail.protection.outlook.com, or leave the key out");
        } else if (host != null && Cloud.isSubmissionHost(host)) {
            s.mistake(
                    HOST,
                    "that host is for clients that log in; it refuses " + type + " with 530 5.7.57",
                    "Use the MX name, such as contoso-com.mail.protection.outlook.com, or leave the key out");
        }
        if (host != null && exchange && target.port() != 25) {
            s.mistake(common.port(), "Exchange Online's MX listens on port 25 only", "Use 25, the default");
        }
        if (exchange && target.tls().equals("implicit")) {
            s.mistake(common.tls(), "Exchange Online speaks TLS after STARTTLS only", "Use tls=require");
        }
        if (target.localAddress() != null && target.localAddress().contains(":")) {
            s.mistake(
                    common.localAddress(),
                    "the tenant's MX is reached over IPv4 only: a connector knows no IPv6 address",
                    "Give an IPv4 address of this machine");
        }
    }
}
