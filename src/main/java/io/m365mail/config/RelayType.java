package io.m365mail.config;

import java.nio.file.Path;
import java.util.List;

/** {@code type=relay}: to the tenant's MX through an inbound connector, for any recipient. */
final class RelayType implements ConfigType<TransportConfig> {
    private static final MxOptions MX = MxOptions.withTls("require");

    static final Option<Path> KEY_STORE = Option.optional(
            "key-store",
            ValueTypes.PATH,
            "PKCS#12 file with the connector's client certificate, its key and the whole chain; without it the"
                    + " connector knows this machine by its public IPv4 address");
    private static final Option<Secret> KEY_STORE_PASSWORD =
            Option.optional("key-store-password", ValueTypes.SECRET, "password of that file");

    @Override
    public String type() {
        return "relay";
    }

    @Override
    public String about() {
        return "the tenant's MX through an inbound connector (SMTP relay): senders in m365.domains, any recipient";
    }

    @Override
    public List<Option<?>> options() {
        return MX.all(KEY_STORE, KEY_STORE_PASSWORD);
    }

    @Override
    public TransportConfig bind(String name, Section s, Path data) {
        TransportConfig.Target target = MX.common().target(s);
        MX.check(s, type(), target);
        KeyStores.checkKey(s, KEY_STORE, KEY_STORE_PASSWORD);
        if (s.has(KEY_STORE) && (target.tls().equals("off") || target.tls().equals("opportunistic"))) {
            s.mistake(
                    MX.common().tls(),
                    "the client certificate is shown inside TLS only, and without TLS the connector would not match",
                    "Use tls=require, the default");
        }
        return new TransportConfig.Relay(
                name,
                target,
                MX.common().limits(s),
                s.get(MxOptions.CLOUD),
                s.get(KEY_STORE),
                s.get(KEY_STORE_PASSWORD),
                List.of());
    }
}
