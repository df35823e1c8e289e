package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.broker.BrokerTimeouts;
import io.m365mail.testing.FreePort;
import io.m365mail.testing.FreezingProxy;
import io.m365mail.testing.SmtpSink;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle on a broker that somebody else runs: its set-up is checked, and its outages are survived. */
class ExternalBrokerTest {
    private static final Duration SOON = Duration.ofSeconds(25);
    private static final Duration ACCEPT = Duration.ofSeconds(8);
    private static final BundleTiming TIMING =
            BundleTiming.SYSTEM.with(new BrokerTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(2)), ACCEPT);
    private static final String FROM = "app@contoso.com";
    private static final List<String> TO = List.of("right@fabrikam.com");
    private static final byte[] MAIL = "Subject: good\r\n\r\nbody\r\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final LogOf log = new LogOf("io.m365mail");
    private SmtpSink right;
    private OtherBroker other;
    private FreezingProxy proxy;
    private RunningBundle bundle;
    private Submit submit;

    @BeforeEach
    void start() throws Exception {
        right = new SmtpSink(true);
    }

    @AfterEach
    void stop() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        other.close();
        right.close();
        log.close();
    }

    private void startBundle(boolean rightSettings, boolean mayCreate) throws Exception {
        other = new OtherBroker(folder, rightSettings, mayCreate);
        proxy = new FreezingProxy(other.port());
        bundle = RunningBundle.start(folder, properties(proxy.port()), TIMING);
        submit = new Submit(bundle);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
    }

    private String properties(int brokerPort) {
        return right.transport("right") + "m365.route.1.transport=right\n" + "m365.broker.url=tcp://127.0.0.1:"
                + brokerPort + "\nm365.broker.username=relay\nm365.broker.password=secret\n";
    }

    @Test
    void itIsAskedHowManyRecipientsWaitInIt() throws Exception {
        startBundle(true, true);
        var view = new BundleView(bundle);
        view.post("/api/transports/right/hold");
        bundle.close();
        bundle = RunningBundle.start(folder, properties(proxy.port()), TIMING);
        submit = new Submit(bundle);
        var here = new BundleView(bundle);
        submit.data(FROM, List.of("a@fabrikam.com", "b@fabrikam.com", "c@fabrikam.com"), MAIL);
        submit.data(FROM, List.of("d@fabrikam.com", "e@fabrikam.com"), MAIL);
        submit.data(
                FROM,
                TO,
                ("X-M365-Send-At: " + Instant.now().plusSeconds(3600) + "\r\n" + new String(MAIL))
                        .getBytes(StandardCharsets.UTF_8));
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode totals = here.status().path("totals");
            assertThat(totals.path("queued").asInt()).as("%s", totals).isEqualTo(6);
            assertThat(totals.path("queuedExact").asBoolean()).isTrue();
            assertThat(totals.path("queuedAtStart").isNull()).isTrue();
        });
        try (var factory = new ActiveMQConnectionFactory(other.url());
                Connection connection = factory.createConnection("relay", "secret");
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.transport.right"))) {
            producer.send(session.createTextMessage("without a number of recipients"));
        }
        JsonNode more = here.status().path("totals");
        assertThat(more.path("queued").asInt()).as("counts as one").isEqualTo(7);
        assertThat(more.path("queuedExact").asBoolean()).isFalse();
    }

    @Test
    void everySourceReachesATransportThroughTheQueuesThatTheBundleMade() throws Exception {
        startBundle(true, true);
        byte[] large = Arrays.copyOf(MAIL, 2_000_000);
        Arrays.fill(large, MAIL.length, large.length, (byte) 'x');
        assertThat(submit.data(FROM, TO, large)).startsWith("250");
        submit.file("a.eml", FROM, TO, MAIL);
        submit.file("large.eml", FROM, TO, large);
        publish(MAIL);
        publish(large);
        right.await(5, SOON);
        assertThat(other.has("m365.submit")).isTrue();
        assertThat(other.has("m365.dead")).isTrue();
        await().atMost(SOON).untilAsserted(() -> assertThat(other.queued("m365.transport.right"))
                .isZero());
        assertThat(log.lines()).noneMatch(l -> l.startsWith("WARN") || l.startsWith("ERROR"));
    }

    @Test
    void settingsThatCouldLoseMailAreNamed() throws Exception {
        startBundle(false, true);
        for (String queue : List.of(
                "m365.submit",
                "m365.transport.right",
                "m365.transport.right.external",
                "m365.transport.right.kept",
                "m365.scheduled",
                "m365.dead",
                "m365.body.any")) {
            assertThat(log.count("max-delivery-attempts of " + queue + " is 10"))
                    .isEqualTo(1);
            assertThat(log.count("dead-letter-address of " + queue + " is not set"))
                    .isEqualTo(1);
            assertThat(log.count("expiry-address of " + queue + " is not set")).isEqualTo(1);
            assertThat(log.count("redelivery-delay of " + queue + " is 0")).isEqualTo(1);
        }
        assertThat(log.count("id-cache-size of m365.once is 20000")).isEqualTo(1);
        assertThat(log.count("persist-id-cache is false")).isEqualTo(1);
    }

    @Test
    void aStartThatCannotSucceedSaysWhy() throws Exception {
        other = new OtherBroker(folder, true, false);
        assertThatThrownBy(() -> RunningBundle.start(folder, properties(other.port()), TIMING))
                .hasMessageContaining("has no queue m365.")
                .hasMessageContaining("createDurableQueue");
        assertThatThrownBy(() ->
                        RunningBundle.start(folder, properties(other.port()).replace("secret", "wrong"), TIMING))
                .hasMessageContaining("m365.broker.url, username and password");
        int nobody = FreePort.next();
        assertThatThrownBy(() -> RunningBundle.start(folder, properties(nobody), TIMING))
                .hasMessageContaining("tcp://127.0.0.1:" + nobody)
                .hasMessageContaining("Is it running");
    }

    @Test
    void aBrokerThatDoesNotAnswerCostsNothing() throws Exception {
        startBundle(true, true);
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("250");
        right.await(1, SOON);
        proxy.freeze(true);
        for (int i = 0; i < 4; i++) {
            long begin = System.nanoTime();
            assertThat(submit.data(FROM, TO, MAIL)).startsWith("452 4.3.1");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ACCEPT.plusSeconds(1));
        }
        publish(MAIL);
        submit.file("a.eml", FROM, TO, MAIL);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(ready().statusCode()).isEqualTo(503);
            assertThat(ready().body()).containsPattern("The broker (has not answered|does not answer)");
            assertThat(log.count("files stay")).isEqualTo(1);
        });
        assertThat(submit.pickup().resolve("a.eml")).exists();
        assertThat(other.queued("m365.submit")).isEqualTo(1);
        int before = right.messages().size();

        proxy.freeze(false);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("250");
        right.await(before + 3, SOON);
        assertThat(log.count("Nothing is accepted")).isEqualTo(1);
    }

    @Test
    void aBrokerThatIsKilledAndComesBackIsUsedAgain() throws Exception {
        startBundle(true, true);
        var others = new LogOf("org.springframework", "org.apache.camel");
        byte[] large = Arrays.copyOf(MAIL, 2_000_000);
        Arrays.fill(large, MAIL.length, large.length, (byte) 'x');
        assertThat(submit.data(FROM, TO, large)).startsWith("250");
        right.await(1, SOON);
        other.stop();
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("452 4.3.1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(503));
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("452 4.3.1 The message broker of the mail relay");
        other.restart();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
        assertThat(submit.data(FROM, TO, large)).startsWith("250");
        submit.file("a.eml", FROM, TO, MAIL);
        publish(MAIL);
        right.await(4, SOON);
        assertThat(log.count("Nothing is accepted")).isEqualTo(1);
        assertThat(log.count("takes messages again")).isEqualTo(1);
        others.close();
        assertThat(others.lines()).noneMatch(l -> l.contains("listener invoker") || l.contains("Could not refresh"));
        assertThat(log.count("Nothing is taken from queue")).isZero();
        others.lines().stream()
                .filter(l -> l.matches("(WARN|ERROR).*"))
                .forEach(l -> System.out.println("LOGGED " + l));
    }

    @Test
    void whatIsNoOutageIsStillSaidOnceForEachQueue() throws Exception {
        startBundle(true, true);
        other.refuse("m365.transport.right");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.count("Nothing is taken from queue m365.transport.right,"))
                        .isEqualTo(1));
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        assertThat(log.count("Nothing is taken from queue m365.transport.right,"))
                .isEqualTo(1);
        assertThat(log.count("Nothing is accepted")).isZero();
    }

    /** As an application that talks to the broker itself. */
    private void publish(byte[] mail) throws Exception {
        try (var factory = new ActiveMQConnectionFactory(other.url(), "relay", "secret");
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"))) {
            producer.send(Submit.bytes(FROM, TO, mail).make(session));
        }
    }

    private HttpResponse<String> ready() throws Exception {
        return bundle.answer("/observe/health/ready");
    }
}
