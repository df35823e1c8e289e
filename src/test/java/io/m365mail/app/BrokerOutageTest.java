package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.broker.BrokerProbe;
import io.m365mail.broker.BrokerTimeouts;
import io.m365mail.testing.SmtpSink;
import jakarta.jms.JMSException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker cannot take messages: submitters are told to try again, nothing is taken and nothing is lost. */
class BrokerOutageTest {
    private static final Duration SOON = Duration.ofSeconds(25);
    private static final Duration ACCEPT = Duration.ofSeconds(6);
    private static final String FROM = "app@contoso.com";
    private static final List<String> TO = List.of("right@fabrikam.com");
    private static final byte[] MAIL = "Subject: good\r\n\r\nbody\r\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final LogOf log = new LogOf("io.m365mail", "org.apache.camel.component.jms");
    private SmtpSink right;
    private RunningBundle bundle;
    private Submit submit;

    @BeforeEach
    void start() throws Exception {
        right = new SmtpSink(true);
        bundle = RunningBundle.start(
                folder,
                right.transport("right") + "m365.route.1.transport=right\n",
                BundleTiming.SYSTEM.with(new BrokerTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(2)), ACCEPT));
        submit = new Submit(bundle);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        right.close();
        log.close();
    }

    @Test
    void aFullDiskIsSaidAndEverythingStaysWhereItIs() throws Exception {
        var routes = bundle.bundle().camelContext().getRouteController();
        routes.stopRoute("source-jms");
        submit.jms(Submit.bytes(FROM, TO, MAIL));
        BrokerProbe.fillDisk(broker(), true);
        await().atMost(SOON).untilAsserted(() -> assertThat(ready().body()).contains("the disk of", "% full"));
        assertThat(ready().statusCode()).isEqualTo(503);
        assertThat(submit.data(FROM, TO, MAIL))
                .startsWith("452 4.3.1 Insufficient system storage: the disk of the mail relay is nearly full");
        submit.file("a.eml", FROM, TO, MAIL);
        routes.startRoute("source-jms");
        await().atMost(SOON).until(() -> log.count("files stay") == 1 && log.count("Insufficient") >= 3);
        assertThat(submit.pickup().resolve("a.eml")).exists();
        assertThat(submit.pickup().resolve("failed")).isEmptyDirectory();
        assertThat(queued()).as("the JMS message stays").isEqualTo(1);
        assertThat(log.count("Nothing is accepted")).isEqualTo(1);
        assertThat(log.count("Insufficient")).as("no hot loop").isLessThan(12);
        assertThat(right.messages()).isEmpty();

        BrokerProbe.fillDisk(broker(), false);
        right.await(2, SOON);
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("250");
        right.await(3, SOON);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
        assertThat(Files.exists(submit.pickup().resolve("done/a.eml"))).isTrue();
        await().atMost(SOON).until(() -> log.count("takes messages again") == 1);
    }

    @Test
    void whenTheBrokerStopsSubmittersAreToldToTryAgainAndItRecoversByItself() throws Exception {
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("250");
        right.await(1, SOON);
        BrokerProbe.stop(broker());
        submit.file("a.eml", FROM, TO, MAIL);
        for (int i = 0; i < 5; i++) {
            long begin = System.nanoTime();
            assertThat(submit.data(FROM, TO, MAIL)).startsWith("452 4.3.1");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ACCEPT.plusSeconds(1));
        }
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(ready().statusCode()).isEqualTo(503);
            assertThat(ready().body()).contains("the embedded broker has stopped");
            assertThat(log.count("files stay")).isEqualTo(1);
        });
        assertThat(submit.pickup().resolve("a.eml")).exists();
        assertThat(submit.pickup().resolve("failed")).isEmptyDirectory();

        BrokerProbe.restart(broker());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ready().statusCode()).isEqualTo(200));
        assertThat(submit.data(FROM, TO, MAIL)).startsWith("250");
        submit.jms(Submit.bytes(FROM, TO, MAIL));
        right.await(4, SOON);
        assertThat(log.count("Nothing is accepted")).isEqualTo(1);
    }

    @Test
    void aTextTooLargeForTheHeapIsRefusedToItsSender() throws Exception {
        assertThatThrownBy(() -> submit.jms(s -> s.createTextMessage("x".repeat(12 << 20))))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("publish the same, mail or JSON, as bytes");
        submit.jms(Submit.bytes(FROM, TO, MAIL), s -> {
            var text = s.createTextMessage("Subject: text\r\n\r\n" + "x".repeat(3 << 20));
            text.setStringProperty("M365From", FROM);
            text.setStringProperty("M365To", TO.get(0));
            return text;
        });
        right.await(2, SOON);
        try (var large = Files.list(folder.resolve("data/broker/large"))) {
            assertThat(large.filter(p -> p.toFile().length() > 10 << 20)).isEmpty();
        }
    }

    private io.m365mail.broker.EmbeddedBroker broker() {
        return bundle.bundle().infrastructure().embeddedBroker();
    }

    private Long queued() {
        return bundle.bundle().infrastructure().admin().count("m365.submit");
    }

    private HttpResponse<String> ready() throws Exception {
        return bundle.answer("/observe/health/ready");
    }
}
