package io.m365mail.source.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.SourceConfig;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.smtp.RefusedException;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SMTP source over real sockets: who may submit, what the route gets, and what the client hears. */
class SmtpSourceTest extends CamelTestSupport {
    @TempDir
    static Path temp;

    private final List<Submission> taken = new CopyOnWriteArrayList<>();
    private final List<Map<String, Object>> headers = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @Override
    public boolean isUseRouteBuilder() {
        return false;
    }

    /** What the intake does, as the sender's local part asks. */
    private void intake(Exchange exchange) throws Exception {
        Submission submission = exchange.getIn().getBody(Submission.class);
        switch (submission.envelope().from().replaceAll("@.*", "")) {
            case "refused" -> throw new RefusedException(554, "5.6.0 The route does not like it");
            case "norelay" -> throw new RefusedMessageException(550, "5.7.1", "no transport");
            case "broken" -> throw new IllegalStateException("the broker is away");
            case "hangs" -> assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            default -> exchange.setProperty("M365SubmissionId", "id-" + taken.size());
        }
        headers.add(Map.copyOf(exchange.getIn().getHeaders()));
        // Read before it is kept: the content is valid only until the reply.
        taken.add(new Submission(
                submission.source(),
                submission.envelope(),
                io.m365mail.mail.MailContent.of(submission.content().toBytes()),
                submission.priority(),
                submission.submitterId(),
                submission.receivedFrom(),
                submission.receivedAt()));
    }

    private SmtpSourceConsumer source(String options) throws Exception {
        return source(options, Map.of());
    }

    private SmtpSourceConsumer source(String options, Map<String, Object> beans) throws Exception {
        beans.forEach(context.getRegistry()::bind);
        var component = context.getComponent("smtp-source", SmtpSourceComponent.class);
        component.setHostname("relay.contoso.com");
        component.setSpoolDirectory(temp);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("smtp-source:office?port=0" + options).routeId("office").process(SmtpSourceTest.this::intake);
            }
        });
        context.start();
        return (SmtpSourceConsumer) context.getRoute("office").getConsumer();
    }

    private static RawSmtpClient connect(SmtpSourceConsumer source) throws IOException {
        return connect("127.0.0.1", source);
    }

    private static RawSmtpClient connect(String from, SmtpSourceConsumer source) throws IOException {
        var client = new RawSmtpClient(InetAddress.getByName(from), source.getPort());
        assertThat(client.reply()).isEqualTo("220 relay.contoso.com ESMTP m365-mail-routes");
        assertThat(client.command("EHLO printer7")).startsWith("250-relay.contoso.com Hello [" + from + "]");
        return client;
    }

    private static String send(RawSmtpClient client, String from, String text) throws IOException {
        client.send("MAIL FROM:<" + from + ">\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\n");
        assertThat(client.reply()).startsWith("250");
        assertThat(client.reply()).startsWith("250");
        assertThat(client.reply()).startsWith("354");
        return client.command(text + "\r\n.");
    }

    @Test
    void aSubmissionIsWhatTheEnvelopeAndTheBytesSay() throws Exception {
        SmtpSourceConsumer source = source("");
        try (var client = connect(source)) {
            client.send("MAIL FROM:<alerts@contoso.com> RET=HDRS ENVID=e1 BODY=8BITMIME\r\n"
                    + "RCPT TO:<b@contoso.com> NOTIFY=NEVER\r\nRCPT TO:<c@fabrikam.com>\r\nDATA\r\n");
            for (String start : List.of("250", "250", "250", "354")) {
                assertThat(client.reply()).startsWith(start);
            }
            client.send(
                    "To: other@example.com\r\nCamelFileName: ../../etc/passwd\r\ncamelHttpUri: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
            assertThat(client.reply()).isEqualTo("250 2.6.0 <id-0> Queued mail for delivery");
            assertThat(client.reply()).startsWith("221");
        }
        Submission s = taken.get(0);
        assertThat(s.source()).isEqualTo("office");
        assertThat(s.envelope().from()).isEqualTo("alerts@contoso.com");
        assertThat(s.envelope().recipients()).extracting("address").containsExactly("b@contoso.com", "c@fabrikam.com");
        assertThat(s.envelope().recipients().get(0).dsn()).isEqualTo("NEVER");
        assertThat(s.envelope())
                .extracting("ret", "envid", "eightBit", "smtpUtf8")
                .containsExactly("HDRS", "e1", true, false);
        assertThat(s.receivedFrom()).isEqualTo("printer7 ([127.0.0.1]) with ESMTP");
        assertThat(new String(s.content().toBytes(), StandardCharsets.US_ASCII))
                .isEqualTo(
                        "To: other@example.com\r\nCamelFileName: ../../etc/passwd\r\ncamelHttpUri: x\r\n\r\n.dot\r\n");
        assertThat(headers.get(0)).isEmpty();
    }

    @Test
    void theRoutesWordIsTheReply() throws Exception {
        SmtpSourceConsumer source = source("");
        try (var client = connect(source)) {
            assertThat(send(client, "refused@contoso.com", "x")).isEqualTo("554 5.6.0 The route does not like it");
            assertThat(send(client, "norelay@contoso.com", "x")).isEqualTo("550 5.7.1 no transport");
            assertThat(send(client, "broken@contoso.com", "x"))
                    .isEqualTo("452 4.3.1 The message could not be stored, try again later");
            assertThat(taken).isEmpty();
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250 2.6.0 <id-0>");
        }
    }

    @Test
    void aMessageAboveOneMegabyteArrivesWhole() throws Exception {
        SmtpSourceConsumer source = source("");
        String line = "0123456789".repeat(7) + "\r\n";
        String text = line.repeat(60_000);
        try (var client = connect(source)) {
            assertThat(send(client, "a@contoso.com", text.substring(0, text.length() - 2)))
                    .startsWith("250 2.6.0");
        }
        assertThat(taken.get(0).content().toBytes()).isEqualTo(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void strangersAreRefusedWithAReason() throws Exception {
        SmtpSourceConsumer source = source("&networks=127.0.0.1/32");
        try (var inside = connect(source);
                var outside = connect("127.9.9.9", source)) {
            assertThat(outside.command("MAIL FROM:<a@contoso.com>"))
                    .isEqualTo("550 5.7.1 127.9.9.9 is not in the networks of source office;"
                            + " ask the administrator to add it");
            assertThat(outside.command("RCPT TO:<b@contoso.com>")).startsWith("503");
            assertThat(send(inside, "a@contoso.com", "x")).startsWith("250");
        }
    }

    @Test
    void sendersAndRecipientsArePatterns() throws Exception {
        SmtpSourceConsumer source = source("&senders=*@contoso.com&recipients=contoso.com,help@fabrikam.com");
        try (var client = connect(source)) {
            assertThat(client.command("MAIL FROM:<a@evil.test>"))
                    .startsWith("550 5.7.1 <a@evil.test> may not send")
                    .contains("m365.source.office.senders");
            assertThat(client.command("MAIL FROM:<>")).startsWith("550 5.7.1 <> may not send");
            assertThat(client.command("MAIL FROM:<A@Contoso.com>")).startsWith("250");
            assertThat(client.command("RCPT TO:<x@fabrikam.com>"))
                    .startsWith("550 5.7.1 mail to <x@fabrikam.com>")
                    .contains("m365.source.office.recipients");
            assertThat(client.command("RCPT TO:<help@fabrikam.com>")).startsWith("250");
        }
    }

    @Test
    void whatNothingCanCarryIsRefusedAtRcpt() throws Exception {
        RecipientCheck check = (from, to, name) ->
                to.endsWith("@nowhere.test") ? "no transport carries " + to + " for source " + name : null;
        SmtpSourceConsumer source = source("&recipientCheck=#check", Map.of("check", check));
        try (var client = connect(source)) {
            client.command("MAIL FROM:<a@contoso.com>");
            assertThat(client.command("RCPT TO:<x@nowhere.test>"))
                    .isEqualTo("550 5.7.1 no transport carries x@nowhere.test for source office");
            assertThat(client.command("RCPT TO:<b@contoso.com>")).startsWith("250");
        }
    }

    @Test
    void withDeadLettersNothingIsAskedAtRcpt() throws Exception {
        RecipientCheck check = (from, to, name) -> "never";
        SmtpSourceConsumer source = source("&recipientCheck=#check&refuse=dead-letter", Map.of("check", check));
        try (var client = connect(source)) {
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
    }

    @Test
    void rateIsForEachClient() throws Exception {
        SmtpSourceConsumer source = source("&rate=2");
        try (var client = connect(source);
                var other = connect("127.0.0.2", source)) {
            assertThat(send(client, "a@contoso.com", "1")).startsWith("250");
            assertThat(send(client, "a@contoso.com", "2")).startsWith("250");
            assertThat(client.command("MAIL FROM:<a@contoso.com>"))
                    .matches("450 4.7.1 More than 2 messages a minute .*m365.source.office.rate.*in [1-6]?\\d seconds");
            assertThat(send(other, "a@contoso.com", "3")).startsWith("250");
        }
        assertThat(taken).hasSize(3);
    }

    @Test
    void loginsCountUnderTlsOnly() throws Exception {
        Path keys = TestCertificates.keyStore(temp, "relay.contoso.com");
        SmtpSourceConsumer source = source("&networks=10.0.0.0/8&tls=starttls&users=line7:RAW(s3cret)&keyStore=" + keys
                + "&keyStorePassword=" + TestCertificates.PASSWORD);
        try (var client = connect(source)) {
            assertThat(client.command("MAIL FROM:<a@contoso.com>")).contains("authenticate or ask");
            assertThat(client.command("AUTH PLAIN " + plain("line7", "RAW(s3cret)")))
                    .startsWith("538 5.7.11");
            client.command("STARTTLS");
            client.startTls(TestCertificates.context(null, keys));
            assertThat(client.command("EHLO line7.plant")).contains("250-AUTH LOGIN PLAIN");
            long start = System.nanoTime();
            assertThat(client.command("AUTH PLAIN " + plain("line7", "wrong"))).startsWith("535 5.7.8");
            assertThat(client.command("AUTH PLAIN " + plain("nobody", "s3cret")))
                    .startsWith("535 5.7.8");
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1900));
            assertThat(client.command("AUTH PLAIN " + plain("line7", "RAW(s3cret)")))
                    .startsWith("235");
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
        assertThat(taken.get(0).receivedFrom()).isEqualTo("line7.plant ([127.0.0.1]) with ESMTPSA");
    }

    private static String plain(String user, String password) {
        return Base64.getEncoder().encodeToString(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatTakesTooLongIs452AndALateCommitIsNoLoss() throws Exception {
        SmtpSourceConsumer source = source("&acceptTimeout=200");
        try (var client = connect(source)) {
            assertThat(send(client, "hangs@contoso.com", "x"))
                    .isEqualTo("452 4.3.1 The message could not be stored in time, try again later");
            release.countDown();
            await().until(() -> taken.size() == 1);
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
    }

    @Test
    void fullOfWorkIs452AtDataAndWhatNeverStartedIsNotTaken() throws Exception {
        SmtpSourceConsumer source = source("&workers=1&queue=1&acceptTimeout=300");
        List<RawSmtpClient> clients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            var client = connect(source);
            clients.add(client);
            client.send("MAIL FROM:<hangs@contoso.com>\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\n");
            assertThat(List.of(client.reply(), client.reply(), client.reply()).get(2))
                    .startsWith("354");
            client.send("x\r\n.\r\n");
        }
        try (var third = connect(source)) {
            third.command("MAIL FROM:<a@contoso.com>");
            third.command("RCPT TO:<b@contoso.com>");
            await().until(() -> {
                String reply = third.command("DATA");
                if (reply.startsWith("354")) {
                    third.command("\r\n.");
                    third.command("MAIL FROM:<a@contoso.com>");
                    third.command("RCPT TO:<b@contoso.com>");
                }
                return reply.equals("452 4.3.1 Too many messages are being accepted, try again later");
            });
        }
        for (RawSmtpClient client : clients) {
            assertThat(client.reply()).startsWith("452 4.3.1");
            client.close();
        }
        release.countDown();
        await().until(() -> !taken.isEmpty());
        assertThat(send(connect(source), "a@contoso.com", "after")).startsWith("250");
        assertThat(taken).extracting(s -> s.envelope().from()).containsOnlyOnce("hangs@contoso.com");
    }

    @Test
    void suspendAndResumeDrain() throws Exception {
        SmtpSourceConsumer source = source("");
        int port = source.getPort();
        try (var idle = connect(source);
                var working = connect(source)) {
            working.send("MAIL FROM:<hangs@contoso.com>\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\n");
            assertThat(List.of(working.reply(), working.reply(), working.reply())
                            .get(2))
                    .startsWith("354");
            working.send("x\r\n.\r\n");
            var suspended = CompletableFuture.runAsync(source::suspend);
            assertThat(idle.reply()).startsWith("421 4.3.2");
            // The JDK closes the socket with the loop's next select.
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new RawSmtpClient(port).close()).isInstanceOf(IOException.class));
            assertThat(suspended).isNotDone();
            release.countDown();
            assertThat(working.reply()).startsWith("250 2.6.0");
            suspended.get(20, TimeUnit.SECONDS);
        }
        source.resume();
        try (var client = connect(source)) {
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
        context.stop();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(
                        t -> t.getName().contains("smtp-office") || t.getName().contains("smtp-source")));
    }

    @Test
    void aBoundConfigurationReplacesTheOptions() throws Exception {
        var config = new SourceConfig.Smtp(
                "plant",
                "127.0.0.1",
                0,
                List.of("127.0.0.0/8"),
                List.of(),
                List.of(),
                List.of(),
                0,
                "off",
                "TLSv1.2",
                null,
                null,
                1000,
                1,
                10,
                false,
                true,
                "rcpt");
        SmtpSourceConsumer source = source("&config=#plant", Map.of("plant", config));
        try (var client = connect(source)) {
            assertThat(client.command("MAIL FROM:<a@contoso.com> SIZE=1001")).startsWith("552 5.3.4");
            client.command("MAIL FROM:<a@contoso.com>");
            assertThat(client.command("RCPT TO:<b@contoso.com>")).startsWith("250");
            assertThat(client.command("RCPT TO:<c@contoso.com>")).startsWith("452 4.5.3");
            client.command("DATA");
            client.command("x\r\n.");
        }
        assertThat(taken.get(0).source()).isEqualTo("plant");
    }

    @Test
    void aMisspeltOptionOrNameIsAnError() throws Exception {
        try (var fresh = new DefaultCamelContext()) {
            assertThatThrownBy(() -> fresh.getEndpoint("smtp-source:office?prot=25"))
                    .isInstanceOf(ResolveEndpointFailedException.class)
                    .hasMessageContaining("prot");
            assertThatThrownBy(() -> fresh.getEndpoint("smtp-source:Office Two"))
                    .hasStackTraceContaining("lower case letters");
        }
    }
}
