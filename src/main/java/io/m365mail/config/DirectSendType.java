package io.m365mail.config;

import java.nio.file.Path;
import java.util.List;

/** {@code type=direct-send}: to the tenant's MX without a login, for recipients in the tenant. */
final class DirectSendType implements ConfigType<TransportConfig> {
    private static final MxOptions MX = MxOptions.withTls("opportunistic");

    @Override
    public String type() {
        return "direct-send";
    }

    @Override
    public String about() {
        return "the tenant's MX without a login (direct send): recipients in m365.domains only";
    }

    @Override
    public List<Option<?>> options() {
        return MX.all();
    }

    @Override
    public TransportConfig bind(String name, Section s, Path data) {
        TransportConfig.Target target = MX.common().target(s);
        MX.check(s, type(), target);
        return new TransportConfig.DirectSend(name, target, MX.common().limits(s), s.get(MxOptions.CLOUD), List.of());
    }
}
