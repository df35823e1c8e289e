package io.m365mail.source.mailbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.app.LogOf;
import io.m365mail.config.MailboxLogin;
import io.m365mail.config.Secret;
import io.m365mail.config.SourceConfig;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.sandbox.SandboxInbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route as it is shipped, from a real mailbox to a stand-in for the intake. */
class MailboxRouteTest extends CamelTestSupport {
    private static final String BOX = "desk@contoso.com";
    private static final String STEERING =
            "delete: false\r\nmoveTo: Stolen\r\ncopyTo: Copied\r\nCamelMailMoveTo: Stolen\r\n"
                    + "cAmElFileName: x\r\nTo: eve@evil.example\r\nFrom: desk@contoso.com\r\nSubject: steer\r\n"
                    + "mail.imap.host: evil.example\r\nM365OnceKey: x\r\n\r\nbody\r\n";

    @TempDir
    private static Path spool;

    private final SandboxInbox inbox = SandboxInbox.start().mailbox(BOX, "secret");
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile RefusedMessageException refusal;

    @BeforeEach
    void startRoute() throws Exception {
        var source = new SourceConfig.Mailbox(
                "desk",
                new SourceConfig.Server("imap", inbox.host(), inbox.imapPort(), "off", null, null),
                new MailboxLogin(BOX, BOX, "login", Secret.of("secret"), null, null, null, null, null, null, null),
                "INBOX",
                Duration.ofMillis(200),
                new SourceConfig.After("move", "Done"),
                "Aside",
                true,
                new SourceConfig.Forward(List.of("anna@fabrikam.com"), List.of(), BOX),
                1 << 20);
        var access = new MailboxAccess(source, Clock.systemUTC());
        context.getRegistry().bind("mailbox", new MailboxComponent());
        context.getRegistry().bind("source-desk", source);
        context.getRegistry().bind("mailbox-desk", access);
        context.getRegistry().bind("watch-desk", new MailboxWatch(source, access));
        context.getRegistry().bind("read-desk", new ReadMailboxMessage(source, spool, Clock.systemUTC()));
        context.getRegistry().bind("aside-desk", new PutAside(source));
        for (String file : List.of("errors", "source-mailbox")) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(PluginHelper.getResourceLoader(context)
                            .resolveResource("file:routes/" + file + ".camel.yaml"));
        }
        context.addRouteFromTemplate("source-desk", "source-mailbox", Map.of("name", "desk", "pollInterval", "200"));
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                // As in the bundle: what the intake refuses goes back to the source's route.
                errorHandler(noErrorHandler());
                from("direct:intake").process(MailboxRouteTest.this::refuse).to("mock:intake");
                from("direct:refusal").to("mock:refusal");
                from("direct:returned").to("mock:returned");
            }
        };
    }

    private void refuse(Exchange exchange) throws RefusedMessageException {
        if (refusal != null) {
            refusals.incrementAndGet();
            throw refusal;
        }
    }

    @AfterEach
    void stopInbox() {
        inbox.close();
    }

    private void deliver(String mail) throws Exception {
        inbox.deliver(BOX, MailContent.of(mail.getBytes(UTF_8)));
    }

    private void awaitFolders(int left, int done, int aside) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(inbox.messages(BOX)).hasSize(left);
            assertThat(inbox.messages(BOX, "Done")).hasSize(done);
            assertThat(inbox.messages(BOX, "Aside")).hasSize(aside);
        });
    }

    @Test
    void noHeaderOfAMailBecomesACamelHeaderAndNoneDecidesOverTheMailbox() throws Exception {
        deliver(STEERING);
        MockEndpoint intake = getMockEndpoint("mock:intake");
        intake.expectedMessageCount(1);
        MockEndpoint.assertIsSatisfied(context);
        Exchange exchange = intake.getExchanges().get(0);
        assertThat(new TreeMap<>(exchange.getMessage().getHeaders())).isEmpty();
        assertThat(exchange.getProperties()).doesNotContainKeys("M365OnceKey", "delete", "moveTo");
        Submission submission = exchange.getMessage().getBody(Submission.class);
        assertThat(new String(submission.content().toBytes(), UTF_8)).isEqualTo(STEERING);
        assertThat(submission.envelope().recipients())
                .extracting(r -> r.address())
                .containsExactly("anna@fabrikam.com");
        assertThat(submission.onceKey()).contains("mailbox\ndesk\n");
        awaitFolders(0, 1, 0);
        assertThat(inbox.messages(BOX, "Stolen")).isEmpty();
        assertThat(inbox.messages(BOX, "Copied")).isEmpty();
    }

    @Test
    void whatIsNotAcceptedNowStaysAndEndsThePoll() throws Exception {
        refusal = new RefusedMessageException(452, "4.3.1", "no room");
        deliver(STEERING);
        deliver(STEERING);
        await().until(() -> refusals.get() >= 3);
        assertThat(inbox.messages(BOX)).hasSize(2);
        refusal = null;
        awaitFolders(0, 2, 0);
    }

    @Test
    void whatIsRefusedForGoodIsTakenOnceItIsADeadLetter() throws Exception {
        refusal = new RefusedMessageException(550, "5.6.0", "never");
        getMockEndpoint("mock:refusal").expectedMessageCount(1);
        deliver(STEERING);
        MockEndpoint.assertIsSatisfied(context);
        awaitFolders(0, 1, 0);
    }

    @Test
    void whatTheSpoolHasNoRoomForStaysUntilItHas() throws Exception {
        String large = STEERING + "x\r\n".repeat(50_000);
        Files.delete(spool);
        try (var log = new LogOf(MailboxWatch.class.getName())) {
            deliver(large);
            await().until(() -> log.count("make room on the disk") == 1);
            assertThat(inbox.messages(BOX)).hasSize(1);
        } finally {
            Files.createDirectory(spool);
        }
        awaitFolders(0, 1, 0);
        await().until(() -> spool.toFile().list().length == 0);
    }

    @Test
    void reportsGoTheirOwnWay() throws Exception {
        getMockEndpoint("mock:returned").expectedMessageCount(1);
        deliver(Files.readString(Path.of("src/test/resources/mime/dsn-report.eml")));
        deliver(
                "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\nSubject: no report\r\n\r\n--x--\r\n");
        MockEndpoint.assertIsSatisfied(context);
        awaitFolders(0, 1, 1);
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext made = super.createCamelContext();
        made.setStreamCaching(false);
        return made;
    }
}
