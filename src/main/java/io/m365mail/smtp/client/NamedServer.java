package io.m365mail.smtp.client;

import io.m365mail.smtp.Stage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one server that the configuration names; the machine's own resolver finds its addresses. */
record NamedServer(String host, boolean ipv4) implements MailServers {
    private static final Logger LOG = LoggerFactory.getLogger(NamedServer.class);

    @Override
    public List<Server> find() throws SmtpFailure {
        try {
            List<InetAddress> all = Arrays.stream(InetAddress.getAllByName(host))
                    .filter(a -> !ipv4 || a instanceof Inet4Address)
                    .toList();
            if (!all.isEmpty()) {
                return List.of(new Server(host, all));
            }
        } catch (UnknownHostException e) {
            LOG.debug("{}: {}", host, e.getMessage());
        }
        throw new SmtpFailure(Stage.CONNECT, OwnReplies.unknownHost(host), false);
    }
}
