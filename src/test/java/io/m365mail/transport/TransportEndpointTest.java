package io.m365mail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import io.m365mail.limit.Gate;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.oauth.FakeAuthority;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Stage;
import io.m365mail.smtp.client.KeytoolStores;
import io.m365mail.smtp.client.ScriptedServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The endpoints in a Camel context, against a server that plays a script. */
@Timeout(60)
class TransportEndpointTest {
    private static final List<String> GREETING = List.of("reply 220 x", "expect EHLO relay.contoso.com", "reply 250 x");
    private static final List<String> MESSAGE = List.of(
            "expect MAIL FROM:<a@x.example>",
            "reply 250 x",
            "expect RCPT TO:<b@y.example>",
            "reply 250 x",
            "expect DATA",
            "reply 354 x",
            "data",
            "reply 250 2.6.0 queued");
    private static final List<String> QUIT = List.of("expect QUIT", "reply 221 x", "eof");

    private final CamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void start() {
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @SafeVarargs
    private static List<String> session(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private static Delivery delivery() {
        return new Delivery(
                "d1",
                "s1",
                "test",
                "onprem",
                Envelope.of("a@x.example", List.of("b@y.example")),
                MailContent.of("Subject: x\r\n\r\nx\r\n".getBytes()),
                4,
                null,
                Instant.EPOCH,
                0,
                null,
                null,
                java.time.Duration.ZERO);
    }

    private void route(String uri) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:send").routeId("send").to(uri);
            }
        });
    }

    private Exchange send() {
        return camel.createProducerTemplate()
                .request("direct:send", e -> e.getMessage().setBody(delivery()));
    }

    @Test
    void sendsADeliveryAndAnswersWithItsOutcome() throws Exception {
        try (var server = new ScriptedServer(List.of(session(GREETING, MESSAGE, MESSAGE, QUIT)))) {
            route("m365-server:onprem?host=127.0.0.1&port=" + server.port() + "&tls=off&hostname=relay.contoso.com"
                    + "&connections=2&maxIdle=20s");
            for (int i = 0; i < 2; i++) {
                Exchange exchange = send();
                assertThat(exchange.getException()).isNull();
                assertThat(exchange.getMessage().getBody(Outcome.class).delivered())
                        .isTrue();
                assertThat(exchange.getProperty(TransportConstants.DELIVERY, Delivery.class)
                                .id())
                        .isEqualTo("d1");
            }
            camel.getRouteController().stopRoute("send");
            await().untilAsserted(() -> assertThat(threads()).isEmpty());
            assertThat(server.complaints).isEmpty();
            assertThat(server.connections).hasValue(1);
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(n -> n.startsWith("m365-smtp-pool"))
                .toList();
    }

    @Test
    void theGateIsAskedBeforeMailAndToldAfterTheReply() throws Exception {
        var gate = new FakeGate();
        camel.getRegistry().bind("gate", gate);
        try (var server = new ScriptedServer(List.of(session(GREETING, MESSAGE, QUIT)))) {
            route("m365-server:onprem?host=127.0.0.1&port=" + server.port()
                    + "&tls=off&hostname=relay.contoso.com&gate=#gate");
            gate.until = Instant.parse("2026-11-22T12:00:00Z");
            Exchange full = send();
            assertThat(full.getProperty(TransportConstants.NOT_NOW)).isEqualTo(gate.until);
            assertThat(full.getMessage().getBody()).isInstanceOf(Delivery.class);
            assertThat(gate.events).containsExactly("await", "reserve 1", "close");
            gate.events.clear();
            gate.until = null;
            assertThat(send().getMessage().getBody(Outcome.class).delivered()).isTrue();
            assertThat(gate.events).containsExactly("await", "reserve 1", "answered", "close");
            gate.events.clear();
            gate.taken = true;
            gate.until = Instant.EPOCH;
            assertThat(send().getProperty(TransportConstants.NOT_NOW)).isNotNull();
            assertThat(gate.events).as("the consumer's own place stays its own").containsExactly("reserve 1");
        }
    }

    @Test
    void aBoundConfigurationNeedsNoSecretInTheRoute() throws Exception {
        List<String> tls = session(
                GREETING.subList(0, 2),
                List.of(
                        "reply 250-x",
                        "reply 250 STARTTLS",
                        "expect STARTTLS",
                        "reply 220 go",
                        "starttls good",
                        "expect EHLO",
                        "reply 250-x",
                        "reply 250 AUTH LOGIN XOAUTH2"));
        List<String> auth = List.of("expect AUTH XOAUTH2 ", "reply 235 2.7.0 ok");
        try (var authority = new FakeAuthority();
                var server = new ScriptedServer(List.of(session(tls, auth, MESSAGE, QUIT)))) {
            var target = new TransportConfig.Target(
                    "localhost",
                    server.port(),
                    "require",
                    KeytoolStores.get().trustStore(),
                    KeytoolStores.PASSWORD,
                    null);
            camel.getRegistry()
                    .bind(
                            "alerts",
                            new TransportConfig.SmtpAuth(
                                    "alerts",
                                    target,
                                    new TransportConfig.Limits(30, 3, 10_000, 500, 0, 0),
                                    "a@x.example",
                                    "xoauth2",
                                    null,
                                    "contoso.com",
                                    "app",
                                    Secret.of("s3cr3t"),
                                    null,
                                    null,
                                    authority.url(),
                                    "scope",
                                    List.of(),
                                    false));
            route("m365-smtp-auth:alerts?config=#alerts&hostname=relay.contoso.com");
            Exchange exchange = send();
            assertThat(exchange.getException()).isNull();
            assertThat(exchange.getMessage()
                            .getBody(Outcome.class)
                            .results()
                            .get(0)
                            .reply()
                            .toString())
                    .isEqualTo("250 2.6.0 queued");
            assertThat(authority.requests).hasSize(1);
            assertThat(server.complaints).isEmpty();
        }
    }

    @Test
    void aServerThatIsAwayIsAnOutcome() throws Exception {
        route("m365-server:onprem?host=127.0.0.1&port=1&tls=off&connectTimeout=2s");
        Outcome outcome = send().getMessage().getBody(Outcome.class);
        assertThat(outcome.results().get(0).stage()).isEqualTo(Stage.CONNECT);
        assertThat(outcome.server()).isEqualTo("127.0.0.1:1");
    }

    @Test
    void mistakesAreNamedAtTheStart() {
        assertThatThrownBy(() -> route("m365-server:onprem")).hasStackTraceContaining("has no host");
        assertThatThrownBy(() -> route("m365-server:onprem?host=x&tls=maybe"))
                .hasStackTraceContaining("known values are require");
        assertThatThrownBy(() -> route("m365-server:onprem?host=x&prot=1")).hasStackTraceContaining("prot");
        assertThatThrownBy(() -> route("m365-smtp-auth:alerts?mailbox=a@x.example&tenantId=t&clientId=c"))
                .hasStackTraceContaining("neither client-secret nor client-certificate");
    }

    @Test
    void passwordsAreMaskedInTheEndpointsName() throws Exception {
        var endpoint = camel.getEndpoint("m365-smtp-auth:alerts?mailbox=a@x.example&auth=login&password=hunter2"
                + "&clientSecret=hunter3&clientCertificatePassword=hunter4&trustStorePassword=hunter5");
        assertThat(endpoint.toString()).contains("alerts").doesNotContain("hunter");
    }

    /** Writes down what it is asked. */
    private static final class FakeGate implements Gate, Gate.Place {
        final List<String> events = new ArrayList<>();
        Instant until;
        boolean taken;

        @Override
        public Place await(Duration atMost) {
            events.add("await");
            return this;
        }

        @Override
        public Place current() {
            return taken ? this : null;
        }

        @Override
        public Instant reserve(int recipients) {
            events.add("reserve " + recipients);
            return until;
        }

        @Override
        public void answered() {
            events.add("answered");
        }

        @Override
        public boolean probe() {
            return false;
        }

        @Override
        public void hold(String reason) {}

        @Override
        public void park(Instant until, String reason) {}

        @Override
        public void resume() {}

        @Override
        public State state() {
            return new State(Mode.OPEN, null, null, Clock.systemUTC().instant(), 0, 0);
        }

        @Override
        public void close() {
            events.add("close");
        }
    }
}
