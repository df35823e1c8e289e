package io.m365mail.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code type=server}: the customer's own mail server. */
final class ServerType implements ConfigType<TransportConfig> {
    private static final TransportOptions COMMON = TransportOptions.with(
            Option.required("host", ValueTypes.HOST, "name of the server"),
            new TransportOptions.Defaults("25", "opportunistic", "0", "10", "0", "100", "0", "0"));

    private static final Option<String> USERNAME =
            Option.optional("username", ValueTypes.TEXT, "login (AUTH LOGIN), where the server wants one");
    private static final Option<Secret> PASSWORD =
            Option.optional("password", ValueTypes.SECRET, "password of the login");

    @Override
    public String type() {
        return "server";
    }

    @Override
    public String about() {
        return "the customer's own mail server";
    }

    @Override
    public List<Option<?>> options() {
        List<Option<?>> all = new ArrayList<>(COMMON.all());
        all.add(1, USERNAME);
        all.add(2, PASSWORD);
        return all;
    }

    @Override
    public TransportConfig bind(String name, Section s, Path data) {
        TransportConfig.Target target = COMMON.target(s);
        s.together(USERNAME, PASSWORD);
        boolean clear = target.tls().equals("off") || target.tls().equals("opportunistic");
        if (s.has(USERNAME) && clear && target.host() != null && !Networks.isLoopback(target.host())) {
            s.mistake(
                    USERNAME,
                    "the password could cross the network in clear with tls=" + target.tls(),
                    "Set tls=require, or let the server accept this machine by its address without a login");
        }
        return new TransportConfig.Server(name, target, COMMON.limits(s), s.get(USERNAME), s.get(PASSWORD));
    }
}
