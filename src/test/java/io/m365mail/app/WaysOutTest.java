package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.LegacyServer;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxEvents;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import io.m365mail.testing.RawSmtpClient;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way out, over real sockets, TLS and DNS, from the SMTP source to the sandbox. */
class WaysOutTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Below target, so that keytool runs once for all tests. */
    private static final Path SANDBOX = Path.of("target", "sandbox-ways-out");

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(SANDBOX).build();
        sandbox.mailbox("alerts@contoso.com", "secret1");
        sandbox.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        sandbox.close();
    }

    private void run(String... properties) throws Exception {
        bundle = RunningBundle.start(
                folder, "m365.dns.server=" + sandbox.dns().server() + "\n" + String.join("", properties));
    }

    /** A transport of a type to the sandbox's MX as the DNS names it. */
    private String mx(String name, String type, String more) {
        return """
                m365.transport.%1$s.type=%2$s
                m365.transport.%1$s.port=%3$d
                m365.transport.%1$s.trust-store=%4$s
                m365.transport.%1$s.trust-store-password=%5$s
                """
                        .formatted(name, type, sandbox.mxPort(), sandbox.trustStore(), sandbox.trustStorePassword())
                + (more.isEmpty() ? "" : "m365.transport." + name + "." + more + "\n");
    }

    /** Sends one message over SMTP; the replies to RCPT, and to the message where a recipient was taken. */
    private List<String> send(String from, String... to) throws Exception {
        List<String> replies = new ArrayList<>();
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            client.reply();
            client.command("EHLO printer7");
            client.command("MAIL FROM:<" + from + ">");
            for (String recipient : to) {
                replies.add(client.command("RCPT TO:<" + recipient + ">"));
            }
            if (replies.stream().anyMatch(r -> r.startsWith("250"))) {
                client.command("DATA");
                replies.add(client.command("From: <" + (from.isEmpty() ? "postmaster@contoso.com" : from)
                        + ">\r\nSubject: hello\r\n\r\nbody\r\n."));
            }
        }
        return replies;
    }

    private void submit(String from, List<String> to) throws Exception {
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(
                    ("From: <" + from + ">\r\nSubject: news\r\n\r\nhello\r\n").getBytes(StandardCharsets.UTF_8));
            message.setStringProperty("M365From", from);
            message.setStringProperty("M365To", String.join(",", to));
            session.createProducer(session.createQueue("m365.submit")).send(message);
        }
    }

    private ReceivedMessage received() throws Exception {
        return sandbox.log().awaitReceived(1, SOON).get(0);
    }

    @Test
    void directSendReachesTheTenantByItsMxAndRefusesWhoIsOutside() throws Exception {
        run(mx("mx", "direct-send", ""));
        List<String> replies = send("printer@contoso.com", "bob@contoso.com", "carol@fabrikam.com");
        assertThat(replies.get(0)).startsWith("250");
        assertThat(replies.get(1))
                .startsWith("550 5.7.1")
                .contains("carol@fabrikam.com", "m365.domains", "relay or smtp-auth");
        assertThat(received().mailbox()).isEqualTo("direct-send");
        assertThat(received().recipients()).containsExactly("bob@contoso.com");
        SandboxEvents.Connection connection = sandbox.log().connections().get(0);
        assertThat(connection.tls()).as("STARTTLS is used where offered").isEqualTo("TLSv1.3");
        assertThat(sandbox.dns().questions())
                .containsExactly("MX contoso.com", "A contoso-com.mail.protection.outlook.com");
    }

    @Test
    void aDomainBehindAMailFilterHoldsNobodysMail() throws Exception {
        String mx = "northwind-com.mail.protection.outlook.com";
        sandbox.dns().remove("contoso.com").mx("contoso.com", 0, "mx1.filter.example", 60);
        sandbox.dns().mx("northwind.com", 0, mx, 60).a(mx, "127.0.0.1", 60);
        run(mx("mx", "direct-send", ""), "m365.domains=contoso.com, northwind.com\n");
        assertThat(send("printer@contoso.com", "bob@contoso.com")).allMatch(r -> r.startsWith("250"));
        assertThat(received().recipients()).containsExactly("bob@contoso.com");
        assertThat(sandbox.dns().questions()).containsExactly("MX contoso.com", "MX northwind.com", "A " + mx);
    }

    @Test
    void aTenantThatRejectsDirectSendHoldsTheTransport() throws Exception {
        sandbox.mx().rejectDirectSend(true);
        run(mx("mx", "direct-send", ""));
        send("printer@contoso.com", "bob@contoso.com");
        send("scanner@contoso.com", "bob@contoso.com");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/status")).contains("\"held\"", "5.7.68"));
        assertThat(sandbox.log().received()).isEmpty();
        assertThat(bundle.bundle().infrastructure().deadCount()).isZero();
    }

    @Test
    void aRelayIsKnownByItsAddress() throws Exception {
        sandbox.mx().connector("by-address", "127.0.0.1");
        run(mx("connector", "relay", ""));
        assertThat(send("app@contoso.com", "carol@fabrikam.com", "bob@contoso.com"))
                .allMatch(r -> r.startsWith("250"));
        assertThat(received().mailbox()).isEqualTo("by-address");
        assertThat(received().recipients()).containsExactly("carol@fabrikam.com", "bob@contoso.com");
        assertThat(send("app@fabrikam.com", "bob@contoso.com").get(0))
                .startsWith("550 5.7.1")
                .contains("m365.domains", "app@fabrikam.com");
        assertThat(send("", "bob@contoso.com").get(0))
                .startsWith("550 5.7.1")
                .contains("m365.transport.connector.key-store");
    }

    @Test
    void aRelayIsKnownByItsCertificateAndMayBounce() throws Exception {
        sandbox.mx().certificateConnector("by-certificate", "relay.contoso.com");
        Path key = sandbox.clientCertificate(folder.resolve("relay.p12"), "relay.contoso.com");
        run(mx("connector", "relay", "key-store=" + key + "\nm365.transport.connector.key-store-password=sandbox"));
        send("app@contoso.com", "carol@fabrikam.com");
        assertThat(received().mailbox()).isEqualTo("by-certificate");
        assertThat(send("", "dave@fabrikam.com")).allMatch(r -> r.startsWith("250"));
        assertThat(sandbox.log().awaitReceived(2, SOON).get(1).from()).isEmpty();
    }

    @Test
    void aChainWithoutItsIntermediateMatchesNoConnectorAndBlamesNoMessage() throws Exception {
        sandbox.mx().certificateConnector("by-certificate", "relay.contoso.com");
        Path key = sandbox.clientCertificate(folder.resolve("relay.p12"), "relay.contoso.com", 365, false);
        run(mx("connector", "relay", "key-store=" + key + "\nm365.transport.connector.key-store-password=sandbox"));
        send("app@contoso.com", "carol@fabrikam.com");
        send("erp@contoso.com", "carol@fabrikam.com");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/status")).contains("\"held\"", "5.7.64"));
        assertThat(bundle.bundle().infrastructure().deadCount()).isZero();
    }

    @Test
    void theChoiceSplitsAMessageAndPrefersTheSendersMailbox() throws Exception {
        sandbox.mx().connector("by-address", "127.0.0.1");
        run(
                RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1"),
                mx("mx", "direct-send", ""),
                mx("connector", "relay", ""));
        send("erp@contoso.com", "bob@contoso.com", "carol@fabrikam.com");
        List<ReceivedMessage> both = sandbox.log().awaitReceived(2, SOON);
        assertThat(both)
                .extracting(ReceivedMessage::recipients)
                .containsExactlyInAnyOrder(List.of("bob@contoso.com"), List.of("carol@fabrikam.com"));
        assertThat(both).extracting(ReceivedMessage::mailbox).containsOnly("by-address");
        assertThat(bundle.get("/observe/metrics")).contains("transport=\"mx\"", "transport=\"connector\"");
        send("alerts@contoso.com", "bob@contoso.com", "carol@fabrikam.com");
        ReceivedMessage own = sandbox.log().awaitReceived(3, SOON).get(2);
        assertThat(own.mailbox()).isEqualTo("alerts@contoso.com");
        assertThat(own.recipients()).hasSize(2);
    }

    @Test
    void highVolumeEmailReachesTheTenantOnly() throws Exception {
        String text = RunningBundle.mailbox("bulk", sandbox, "alerts@contoso.com", "secret1")
                        .replace("port=" + sandbox.submissionPort(), "port=" + sandbox.highVolumePort())
                + "m365.transport.bulk.preset=hve\n";
        run(text);
        List<String> to = IntStream.range(0, 60)
                .mapToObj(i -> "user" + i + "@contoso.com")
                .toList();
        submit("alerts@contoso.com", to);
        List<ReceivedMessage> parts = sandbox.log().awaitReceived(2, SOON);
        assertThat(parts).extracting(m -> m.recipients().size()).containsExactlyInAnyOrder(50, 10);
        assertThat(send("alerts@contoso.com", "carol@fabrikam.com").get(0))
                .startsWith("550 5.7.1")
                .contains("preset=hve");
    }

    @ParameterizedTest
    @CsvSource({"OFF, off, ", "STARTTLS, require, relay", "IMPLICIT, implicit, relay", "STARTTLS, opportunistic, "})
    void theOwnServerIsReachedByARule(Tls tls, String mode, String user) throws Exception {
        try (var legacy = new LegacyServer(SANDBOX, 0, tls, user, "secret2")) {
            String text =
                    """
                    m365.route.1.to=*@fabrikam.com
                    m365.route.1.transport=old
                    m365.transport.old.type=server
                    m365.transport.old.host=localhost
                    m365.transport.old.port=%d
                    m365.transport.old.tls=%s
                    m365.transport.old.trust-store=%s
                    m365.transport.old.trust-store-password=%s
                    """
                            .formatted(legacy.port(), mode, legacy.trustStore(), legacy.trustStorePassword());
            run(text
                    + (user == null
                            ? ""
                            : "m365.transport.old.username=" + user + "\nm365.transport.old.password=secret2\n"));
            assertThat(send("anybody@example.org", "carol@fabrikam.com")).allMatch(r -> r.startsWith("250"));
            ReceivedMessage got = legacy.log().awaitReceived(1, SOON).get(0);
            assertThat(got.mailbox()).isEqualTo(user == null ? "anybody" : user);
            assertThat(legacy.log().connections().get(0).tls() != null).isEqualTo(tls != Tls.OFF);
        }
    }

    @Test
    void whoHasMovedIsReachedAtExchangeOnlineWithoutARestart() throws Exception {
        Path list = Files.writeString(folder.resolve("not-moved-yet.txt"), "bob@contoso.com\n");
        try (var legacy = new LegacyServer(SANDBOX, 0, Tls.OFF, null, null)) {
            run(
                    mx("mx", "direct-send", ""),
                    """
                    m365.route.1.to=file:%s
                    m365.route.1.transport=old
                    m365.transport.old.type=server
                    m365.transport.old.host=localhost
                    m365.transport.old.port=%d
                    m365.transport.old.tls=off
                    """
                            .formatted(list, legacy.port()));
            send("printer@contoso.com", "bob@contoso.com", "anna@contoso.com");
            assertThat(legacy.log().awaitReceived(1, SOON).get(0).recipients()).containsExactly("bob@contoso.com");
            assertThat(received().recipients()).containsExactly("anna@contoso.com");
            Files.writeString(list, "# everybody has moved\n");
            await().atMost(SOON).until(() -> {
                send("printer@contoso.com", "bob@contoso.com");
                return sandbox.log().received().stream()
                        .anyMatch(m -> m.recipients().contains("bob@contoso.com"));
            });
        }
    }

    @Test
    void anMxThatIsNotExchangeOnlinesHoldsTheTransportAndAsksForTheHost() throws Exception {
        sandbox.dns().remove("contoso.com").mx("contoso.com", 10, "mx1.filter.example", 60);
        run(mx("mx", "direct-send", ""));
        send("printer@contoso.com", "bob@contoso.com");
        await().atMost(SOON).untilAsserted(() -> assertThat(bundle.get("/api/status"))
                .contains("\"held\"", "mx1.filter.example", "m365.transport.mx.host"));
        assertThat(sandbox.log().connectionCount()).isZero();
    }

    /** 900 inside (7 of them unknown, 3 busy once), 300 outside in three domains. */
    @Test
    void ofTwelveHundredRecipientsEachIsDeliveredOnceOrDeadWithItsReason() throws Exception {
        sandbox.mx().connector("by-address", "127.0.0.1");
        List<String> known = IntStream.range(0, 890)
                .mapToObj(i -> "user" + i + "@contoso.com")
                .toList();
        List<String> busy = IntStream.range(0, 3)
                .mapToObj(i -> "tempfail-1x.451-4.3.0+" + i + "@contoso.com")
                .toList();
        List<String> unknown =
                IntStream.range(0, 7).mapToObj(i -> "gone" + i + "@contoso.com").toList();
        List<String> external = IntStream.range(0, 300)
                .mapToObj(i -> "guest" + i + "@" + (i < 250 ? "fabrikam.com" : i < 280 ? "tailspin.com" : "adatum.com"))
                .toList();
        sandbox.mx().directory(known).directory(busy);
        run(mx("mx", "direct-send", ""), mx("connector", "relay", ""), "m365.retry.initial=1s\n");
        List<String> all = new ArrayList<>(known);
        all.addAll(unknown);
        all.addAll(external);
        all.addAll(busy);
        submit("news@contoso.com", all);
        int expected = 1193;
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sandbox.log().received().stream()
                        .mapToInt(m -> m.recipients().size())
                        .sum())
                .isEqualTo(expected));
        List<String> delivered = sandbox.log().received().stream()
                .flatMap(m -> m.recipients().stream())
                .toList();
        assertThat(delivered).doesNotHaveDuplicates().doesNotContainAnyElementsOf(unknown);
        assertThat(delivered).containsAll(known).containsAll(external).containsAll(busy);
        assertThat(sandbox.log().received()).allSatisfy(m -> assertThat(m.recipients().stream()
                        .filter(r -> r.endsWith("@fabrikam.com") || r.endsWith("@contoso.com"))
                        .count())
                .isLessThanOrEqualTo(200));
        assertThat(sandbox.log().refusals())
                .as("the limit of 200 was kept without asking")
                .noneMatch(r -> r.reply().code() == 452);
        BundleView view = new BundleView(bundle);
        assertThat(view.dead())
                .as("each with its own reason")
                .hasSize(7)
                .allMatch(d -> d.contains(": 550 5.4.1 Recipient address rejected"))
                .extracting(d -> d.replaceAll(":.*", ""))
                .containsExactlyInAnyOrderElementsOf(unknown);
        assertThat(sandbox.log().refusals().stream().filter(r -> r.reply().code() == 451))
                .as("each of the busy was tried again by himself")
                .hasSize(3);
        view.awaitTotals(1200, 1193, 7, 0);
    }
}
