package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.LegacyServer;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.sandbox.SandboxLog;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import io.m365mail.testing.SmtpSubmitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reports to senders over a relay with certificate and over the old server: with the null sender, and never in a loop. */
@Timeout(120)
class FailureReportsTest {
    /** Below target, so that keytool runs once for all tests. */
    private static final Path SANDBOX = Path.of("target", "sandbox-reports");

    private static final String SENDER = "erp@contoso.com";

    @TempDir
    private Path folder;

    private Sandbox exchange;
    private LegacyServer old;
    private RunningBundle bundle;
    private BundleView view;

    @BeforeEach
    void start() throws Exception {
        exchange = Sandbox.builder(SANDBOX.resolve("exchange"))
                .limits(SandboxLimits.none())
                .build();
        exchange.mailbox(SENDER, "secret1");
        exchange.start();
        old = new LegacyServer(SANDBOX.resolve("old"), 0, Tls.STARTTLS, null, null);
    }

    @AfterEach
    void stop() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        old.close();
        exchange.close();
    }

    /** Mail goes by {@code first}, reports by the other of the two. */
    private void start(String mail, String reports) throws Exception {
        exchange.mx().certificateConnector("by-certificate", "relay.contoso.com");
        Path key = exchange.clientCertificate(folder.resolve("relay.p12"), "relay.contoso.com");
        bundle = RunningBundle.start(
                folder,
                """
                m365.ndr=on
                m365.ndr.transport=%s
                m365.route.1.transport=%s
                m365.transport.connector.type=relay
                m365.transport.connector.host=localhost
                m365.transport.connector.port=%d
                m365.transport.connector.trust-store=%s
                m365.transport.connector.trust-store-password=%s
                m365.transport.connector.key-store=%s
                m365.transport.connector.key-store-password=sandbox
                m365.transport.onprem.type=server
                m365.transport.onprem.host=localhost
                m365.transport.onprem.port=%d
                m365.transport.onprem.tls=require
                m365.transport.onprem.trust-store=%s
                m365.transport.onprem.trust-store-password=%s
                """
                        .formatted(
                                reports,
                                mail,
                                exchange.mxPort(),
                                exchange.trustStore(),
                                exchange.trustStorePassword(),
                                key,
                                old.port(),
                                old.trustStore(),
                                old.trustStorePassword()));
        view = new BundleView(bundle);
    }

    private void submit(String from, String... to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), from, "order 4711", to);
    }

    private void awaitDead(String... beginnings) {
        await().atMost(BundleView.SOON).untilAsserted(() -> {
            assertThat(view.dead()).hasSize(beginnings.length);
            for (String b : beginnings) {
                assertThat(view.dead()).anyMatch(d -> d.startsWith(b));
            }
        });
    }

    private static String text(ReceivedMessage m) {
        try {
            return new String(m.content().orElseThrow().toBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void isReport(ReceivedMessage m, String about) {
        assertThat(m.from()).as("the null sender").isEmpty();
        assertThat(m.recipients()).containsExactly(SENDER);
        assertThat(text(m))
                .contains("report-type=delivery-status", "Final-Recipient: rfc822; " + about)
                .contains("From: postmaster@relay.contoso.com", "Auto-Submitted: auto-replied", "Subject: order 4711");
    }

    /** One death, one report over {@code log}'s server; then a message behind which everything before has been done. */
    private void oneReport(SandboxLog log, SandboxLog mail) throws Exception {
        submit(SENDER, "reject@fabrikam.com", "bob@fabrikam.com");
        awaitDead("reject@fabrikam.com: 550 5.1.10");
        await().atMost(BundleView.SOON).untilAsserted(() -> assertThat(
                        log.received().stream().filter(m -> m.from().isEmpty()).toList())
                .singleElement()
                .satisfies(m -> isReport(m, "reject@fabrikam.com")));
        assertThat(mail.received().stream().filter(m -> !m.from().isEmpty()))
                .singleElement()
                .satisfies(m -> assertThat(m.recipients()).containsExactly("bob@fabrikam.com"));
        view.awaitTotals(2, 1, 1, 0);
    }

    @Test
    void aRelayWithCertificateCarriesTheNullSender() throws Exception {
        start("connector", "connector");
        oneReport(exchange.log(), exchange.log());
        assertThat(exchange.log().received())
                .extracting(ReceivedMessage::mailbox)
                .containsOnly("by-certificate");
    }

    @Test
    void theOldServerCarriesReportsAboutAnotherTransport() throws Exception {
        start("connector", "onprem");
        oneReport(old.log(), exchange.log());
    }

    /** The sender's own address is refused by the server that carries the report. */
    @Test
    void aReportThatDiesIsNotReported() throws Exception {
        start("connector", "onprem");
        submit("reject.550-5.1.1@contoso.com", "reject@fabrikam.com");
        awaitDead("reject@fabrikam.com: 550 5.1.10", "reject.550-5.1.1@contoso.com: 550 5.1.1");
        submit(SENDER, "last@fabrikam.com");
        exchange.log().awaitReceived(1, BundleView.SOON);
        view.awaitTotals(2, 1, 1, 0);
        assertThat(old.log().received()).isEmpty();
        assertThat(view.dead()).hasSize(2);
    }

    @Test
    void whatCameWithTheNullSenderOrFromOutsideIsNotReported() throws Exception {
        start("onprem", "onprem");
        submit("", "reject@fabrikam.com");
        submit("guest@adatum.com", "reject.550-5.1.1@fabrikam.com");
        awaitDead("reject@fabrikam.com: 550 5.1.10", "reject.550-5.1.1@fabrikam.com: 550 5.1.1");
        submit(SENDER, "last@fabrikam.com");
        old.log().awaitReceived(1, BundleView.SOON);
        view.awaitTotals(3, 1, 2, 0);
        assertThat(old.log().received()).hasSize(1);
        assertThat(exchange.log().received()).isEmpty();
    }
}
