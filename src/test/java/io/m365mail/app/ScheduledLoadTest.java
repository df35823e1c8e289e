package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.testing.SmtpSink;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** 100 messages due over a minute, in real time, with a restart in the middle of it. */
@Timeout(180)
class ScheduledLoadTest {
    private static final int MESSAGES = 100;
    private static final long STEP_MILLIS = 600;

    @Test
    void eachLeavesWithinASecondOfItsTimeAlsoAcrossARestart(@TempDir Path folder) throws Exception {
        Map<String, Instant> arrived = new ConcurrentHashMap<>();
        try (var sink = new SmtpSink(false, m -> {
            arrived.put(m.rcpt().get(0).replaceAll(".*<|>.*", ""), Instant.now());
            return "250 2.0.0 OK";
        })) {
            String properties = sink.transport("onprem") + "m365.route.1.transport=onprem\n";
            var bundle = RunningBundle.start(folder, properties);
            Instant first = Instant.now().plusSeconds(8);
            Instant down;
            Instant up;
            try {
                schedule(bundle, first);
                assertThat(delete(bundle, "/api/scheduled/n7")).contains("\"cancelled\":1");
                assertThat(delete(bundle, "/api/scheduled/n93")).contains("\"cancelled\":1");
                Instant half = first.plusMillis(MESSAGES / 2 * STEP_MILLIS);
                await().atMost(Duration.ofSeconds(60)).until(() -> Instant.now().isAfter(half));
                down = Instant.now();
                bundle.close();
                bundle = RunningBundle.start(folder, properties);
                up = Instant.now();
                await().atMost(Duration.ofSeconds(60)).until(() -> arrived.size() >= MESSAGES - 2);
                assertThat(delete(bundle, "/api/scheduled/n50")).contains("it has left");
            } finally {
                bundle.close();
            }
            assertThat(sink.messages()).hasSize(MESSAGES - 2);
            long worst = 0;
            for (int i = 0; i < MESSAGES; i++) {
                Instant at = arrived.get("n" + i + "@fabrikam.com");
                if (i == 7 || i == 93) {
                    assertThat(at).as("cancelled").isNull();
                    continue;
                }
                Instant due = first.plusMillis(i * STEP_MILLIS);
                // What came due while nothing ran is due when it runs again.
                boolean whileDown = due.isAfter(down.minusMillis(500)) && due.isBefore(up);
                long late = Duration.between(whileDown ? up : due, at).toMillis();
                assertThat(at).as("n%d", i).isAfterOrEqualTo(due);
                assertThat(late).as("n%d", i).isLessThan(1000);
                worst = Math.max(worst, late);
            }
            System.out.printf(
                    "%d scheduled messages: at most %d ms late; restart took %d ms%n",
                    MESSAGES, worst, Duration.between(down, up).toMillis());
        }
    }

    private static void schedule(RunningBundle bundle, Instant first) throws Exception {
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("m365.submit"))) {
            for (int i = 0; i < MESSAGES; i++) {
                TextMessage message = session.createTextMessage(
                        "From: alerts@contoso.com\nTo: n" + i + "@fabrikam.com\nSubject: " + i + "\n\nx\n");
                message.setStringProperty("M365Id", "n" + i);
                message.setStringProperty(
                        "M365SendAt", first.plusMillis(i * STEP_MILLIS).toString());
                producer.send(message);
            }
        }
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(bundle.get("/api/status"))
                .contains("\"scheduled\":{\"count\":" + MESSAGES));
    }

    private static String delete(RunningBundle bundle, String path) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + bundle.bundle().managementPort() + path))
                .DELETE()
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
