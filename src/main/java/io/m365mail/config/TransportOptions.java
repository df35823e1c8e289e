package io.m365mail.config;

import static io.m365mail.config.ValueTypes.integer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options that every transport has: where it connects to, and what the server allows. Defaults differ by type. */
record TransportOptions(
        Option<String> host,
        Option<Integer> port,
        Option<String> tls,
        Option<Path> trustStore,
        Option<Secret> trustStorePassword,
        Option<String> localAddress,
        Option<Integer> messagesPerMinute,
        Option<Integer> connections,
        Option<Integer> recipientsPerDay,
        Option<Integer> recipientsPerMessage,
        Option<Integer> recipientsPerDomain,
        Option<Integer> messagesPerConnection,
        Option<Long> maxMessageSize) {

    /** The defaults in which types differ, as they would stand in the file. */
    record Defaults(
            String port,
            String tls,
            String messagesPerMinute,
            String connections,
            String recipientsPerDay,
            String recipientsPerMessage,
            String recipientsPerDomain,
            String maxMessageSize) {}

    static TransportOptions with(Option<String> host, Defaults d) {
        return new TransportOptions(
                host,
                port(d.port()),
                Option.of(
                        "tls",
                        ValueTypes.choice("require", "opportunistic", "off", "implicit"),
                        d.tls(),
                        "require: STARTTLS with a checked certificate; opportunistic: TLS where offered; implicit: TLS"
                                + " from the first byte"),
                Option.optional(
                        "trust-store", ValueTypes.PATH, "PKCS#12 file with the CAs to trust instead of the JDK's"),
                Option.optional("trust-store-password", ValueTypes.SECRET, "password of the trust store"),
                Option.optional("local-address", ValueTypes.IP, "IP address of this machine to connect from"),
                Option.of(
                        "messages-per-minute",
                        integer("number of messages", 0, 1_000_000),
                        d.messagesPerMinute(),
                        "messages in any 60 seconds; 0 is no limit"),
                Option.of(
                        "connections",
                        integer("number of connections", 1, 1000),
                        d.connections(),
                        "connections at a time"),
                Option.of(
                        "recipients-per-day",
                        integer("number of recipients", 0, 100_000_000),
                        d.recipientsPerDay(),
                        "recipients in any 24 hours; 0 is no limit"),
                Option.of(
                        "recipients-per-message",
                        integer("number of recipients", 1, 100_000),
                        d.recipientsPerMessage(),
                        "recipients in one transaction; a message with more is split"),
                Option.of(
                        "recipients-per-domain",
                        integer("number of recipients", 0, 100_000),
                        d.recipientsPerDomain(),
                        "recipients of one domain in one transaction; 0 is no limit"),
                Option.of(
                        "messages-per-connection",
                        integer("number of messages", 0, 1_000_000),
                        "100",
                        "after so many a new connection is made; 0 is no limit"),
                Option.of(
                        "max-message-size",
                        ValueTypes.SIZE,
                        d.maxMessageSize(),
                        "largest message that is sent; 0 is no limit"));
    }

    static Option<Integer> port(String defaultText) {
        return Option.of("port", ValueTypes.PORT, defaultText, "port of the server");
    }

    List<Option<?>> all() {
        List<Option<?>> all = new ArrayList<>(List.of(
                host,
                port,
                tls,
                trustStore,
                trustStorePassword,
                localAddress,
                messagesPerMinute,
                connections,
                recipientsPerDay,
                recipientsPerMessage,
                recipientsPerDomain,
                messagesPerConnection,
                maxMessageSize));
        all.addAll(FlowOptions.ALL);
        return all;
    }

    TransportConfig.Target target(Section s) {
        KeyStores.checkTrust(s, trustStore, trustStorePassword);
        return new TransportConfig.Target(
                s.get(host),
                s.get(port),
                s.get(tls),
                s.get(trustStore),
                s.get(trustStorePassword),
                s.get(localAddress));
    }

    TransportConfig.Limits limits(Section s) {
        return new TransportConfig.Limits(
                s.get(messagesPerMinute),
                s.get(connections),
                s.get(recipientsPerDay),
                s.get(recipientsPerMessage),
                s.get(recipientsPerDomain),
                s.get(messagesPerConnection),
                s.get(maxMessageSize));
    }
}
