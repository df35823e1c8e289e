package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.delivery.PriorityAgeing;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.ManualClock;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.SmtpSubmitter;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mailbox at its limit of 30 a minute, by a clock that is moved by hand: what leaves first when it may send again. */
class PriorityTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ALERTS = "alerts@contoso.com";

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock(Instant.now());
    private Sandbox sandbox;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox"))
                .clock(clock.asClock())
                .build();
        sandbox.mailbox(ALERTS, "secret1");
        sandbox.start();
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("alerts", sandbox, ALERTS, "secret1"),
                new BundleTiming(
                        clock.asClock(), clock, Duration.ofMillis(1), Duration.ofMinutes(1), Duration.ofMinutes(15)));
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        sandbox.close();
    }

    private void newsletters(int messages) throws Exception {
        try (var submitter = new SmtpSubmitter(bundle.smtpPort())) {
            for (int i = 1; i <= messages; i++) {
                submitter.send(ALERTS, "newsletter " + i, "n" + i + "@fabrikam.com");
            }
        }
    }

    private void alarm(String name) throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            client.reply();
            client.command("EHLO device");
            client.command("MAIL FROM:<" + ALERTS + ">");
            client.command("RCPT TO:<" + name + "@fabrikam.com>");
            client.command("DATA");
            assertThat(client.command("From: " + ALERTS + "\r\nX-Priority: 1 (Highest)\r\n\r\nfire\r\n."))
                    .startsWith("250");
        }
    }

    private void awaitQueued(long n) {
        await().atMost(SOON).untilAsserted(() -> {
            var depth = bundle.bundle().infrastructure().admin().depth("m365.transport.alerts");
            assertThat(depth.inDelivery()).isZero();
            assertThat(depth.total()).isEqualTo(n);
        });
    }

    private List<String> recipients(int from, int to) throws Exception {
        return sandbox.log().awaitReceived(to, SOON).subList(from, to).stream()
                .map((ReceivedMessage m) -> m.recipients().get(0).replace("@fabrikam.com", ""))
                .toList();
    }

    private void nextMinute() {
        clock.advance(Duration.ofMillis(60_200));
    }

    @Test
    void anAlarmOvertakesANewsletterFromEverySource() throws Exception {
        newsletters(45);
        awaitQueued(15);
        alarm("smtp");
        Path pickup = folder.resolve("data/pickup");
        Files.writeString(
                pickup.resolve("a.json"),
                "{\"from\":\"" + ALERTS + "\",\"to\":[\"json@fabrikam.com\"],\"priority\":8,\"text\":\"fire\"}");
        Files.writeString(
                pickup.resolve("b.eml"),
                "From: " + ALERTS + "\nTo: eml@fabrikam.com\nImportance: high\nSubject: fire\n\nfire\n");
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("m365.submit"))) {
            Message message = session.createTextMessage("From: " + ALERTS + "\nTo: jms@fabrikam.com\n\nfire\n");
            producer.setPriority(9);
            producer.send(message);
        }
        awaitQueued(19);
        nextMinute();
        awaitQueued(0);
        assertThat(recipients(30, 34)).containsExactlyInAnyOrder("smtp", "json", "eml", "jms");
    }

    @Test
    void whatWaitsForTenMinutesLeavesThoughAlarmsFillTheLimit() throws Exception {
        newsletters(40);
        awaitQueued(10);
        for (int i = 0; i < 60; i++) {
            alarm("a" + i);
        }
        awaitQueued(70);
        var below = bundle.bundle().infrastructure();
        var ageing = new PriorityAgeing(
                below.connections().intake(),
                bundle.config().transports(),
                Clock.offset(Clock.systemUTC(), Duration.ofMinutes(11)));
        ageing.round();
        for (int i = 60; i < 90; i++) {
            alarm("a" + i);
        }
        awaitQueued(100);
        for (int left : new int[] {70, 40, 10}) {
            nextMinute();
            awaitQueued(left);
        }
        assertThat(recipients(30, 120)).filteredOn(r -> r.startsWith("n")).hasSize(3);
        assertThat(recipients(90, 93))
                .as("behind the alarms that were there before")
                .allMatch(r -> r.startsWith("n"));
    }
}
