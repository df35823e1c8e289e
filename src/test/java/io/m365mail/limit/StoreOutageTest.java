package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.m365mail.config.BundleConfig;
import io.m365mail.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A database over the network that goes away and comes back. */
@Timeout(60)
class StoreOutageTest {
    @TempDir
    Path data;

    private Server server(String port) throws Exception {
        return Server.createTcpServer("-tcpPort", port, "-ifNotExists", "-baseDir", data.toString())
                .start();
    }

    @Test
    void noReservationMeansNoSendAndTheGateOpensWhenTheStoreIsBack() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(StoreWatch.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        log.setLevel(ch.qos.logback.classic.Level.INFO);
        Server server = server("0");
        String port = String.valueOf(server.getPort());
        String url = "jdbc:h2:tcp://127.0.0.1:" + port + "/./m365";
        try (Store store = Store.open(new BundleConfig.Store(url, "sa", null), data);
                Gates gates = new Gates(store, GateListener.NONE)) {
            Gate gate = gates.create(Transports.mailbox("a", "a@contoso.com", Transports.limits(30, 3, 0)));
            Gate.Place place = gate.await(Duration.ofSeconds(5));
            server.stop();
            assertThat(place.reserve(1)).as("when to try again").isNotNull();
            assertThat(gate.state().usedLastMinute()).isZero();
            place.close();
            assertThat(gate.await(Duration.ofMillis(100))).isNull();
            gate.hold("while the store is away");
            gate.resume();
            gate.hold("and again");
            server = server(port);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(lines.list).hasSize(2));
            gate.resume();
            try (Gate.Place again = gate.await(Duration.ofSeconds(5))) {
                assertThat(again.reserve(1)).isNull();
            }
        } finally {
            server.stop();
            log.detachAppender(lines);
            log.setLevel(null);
        }
        assertThat(lines.list.get(0).getFormattedMessage()).contains("does not answer", "m365.store.url");
        assertThat(lines.list.get(1).getFormattedMessage()).contains("answers again");
    }
}
