package io.m365mail.limit;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import io.m365mail.config.TransportConfig.Limits;
import io.m365mail.store.Store;
import java.nio.file.Path;
import java.util.List;

/** Configurations for the tests of the limits. */
public final class Transports {
    private Transports() {}

    public static Store store(Path data) {
        return Store.open(new BundleConfig.Store("embedded", null, null), data);
    }

    public static Limits limits(int perMinute, int connections, int perDay) {
        return new Limits(perMinute, connections, perDay, 500, 100, 157_286_400L);
    }

    public static TransportConfig mailbox(String name, String mailbox, Limits limits) {
        TransportConfig.Target target = new TransportConfig.Target("127.0.0.1", 2587, "require", null, null, null);
        return new TransportConfig.SmtpAuth(
                name,
                target,
                limits,
                mailbox,
                "login",
                Secret.of("x"),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(mailbox),
                false);
    }

    public static TransportConfig server(String name, Limits limits) {
        TransportConfig.Target target = new TransportConfig.Target("127.0.0.1", 2525, "off", null, null, null);
        return new TransportConfig.Server(name, target, limits, null, null);
    }
}
