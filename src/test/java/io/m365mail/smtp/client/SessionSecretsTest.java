package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.m365mail.config.Secret;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a session shows of its credentials: to the server what it needs, to the log nothing. */
@Timeout(60)
class SessionSecretsTest {
    private static final List<String> TLS = List.of(
            "reply 220 x", "expect EHLO", "reply 250-x", "reply 250 STARTTLS", "expect STARTTLS", "reply 220 go");

    private static Outcome.Result send(SmtpConnector connector, Envelope envelope) throws Exception {
        try (var transport = new SmtpTransport(connector, PoolLimits.of(1), System::nanoTime)) {
            MailContent content = MailContent.of("Subject: x\r\n\r\n".getBytes());
            return transport.send(envelope, content, SendHook.NONE).results().get(0);
        }
    }

    private static List<String> session(String... more) {
        List<String> session = new ArrayList<>(TLS);
        session.addAll(List.of(more));
        return session;
    }

    private static SmtpClientOptions options(int port, Path keyStore) {
        return new SmtpClientOptions(
                "localhost",
                port,
                "client.example",
                TlsMode.REQUIRE,
                KeytoolStores.get().trustStore(),
                KeytoolStores.PASSWORD,
                keyStore,
                KeytoolStores.PASSWORD,
                "127.0.0.1",
                true,
                SmtpTimeouts.defaults());
    }

    @Test
    void aClientCertificateIsShownWhereItIsConfigured(@TempDir Path folder) throws Exception {
        List<String> session = session(
                "mutual good",
                "expect EHLO",
                "reply 250 x",
                "expect MAIL",
                "reply 550 enough",
                "expect RSET",
                "reply 250 x",
                "expect QUIT",
                "reply 221 x",
                "eof");
        Envelope envelope = Envelope.of("a@x.example", List.of("b@y.example"));
        try (var server = new ScriptedServer(List.of(session))) {
            Path file = KeytoolStores.get().only("othername", folder);
            var with = new SmtpConnector(options(server.port(), file), null, System::nanoTime);
            assertThat(send(with, envelope).stage()).isEqualTo(Stage.MAIL);
            var without = new SmtpConnector(options(server.port(), null), null, System::nanoTime);
            assertThat(send(without, envelope).reply().isTransient()).isTrue();
        }
    }

    @Test
    void neitherPasswordNorTokenReachTheLogOrAnOutcome() throws Exception {
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        var root = (Logger) LoggerFactory.getLogger("io.m365mail");
        Level before = root.getLevel();
        root.setLevel(Level.TRACE);
        root.addAppender(logged);
        try (var server = new ScriptedServer(List.of(session(
                "starttls good",
                "expect EHLO",
                "reply 250-x",
                "reply 250 AUTH LOGIN",
                "expect AUTH LOGIN",
                "reply 334 x",
                "expect am9l",
                "reply 334 x",
                "expect aHVudGVyMg==",
                "reply 535 5.7.3 no",
                "eof")))) {
            var login = new LoginAuthenticator("joe", Secret.of("hunter2"));
            var connector = new SmtpConnector(options(server.port(), null), login, System::nanoTime);
            Outcome.Result result = send(connector, Envelope.of("a@x.example", List.of("b@y.example")));
            assertThat(server.complaints).isEmpty();
            assertThat(result.toString() + login + connector.options())
                    .doesNotContain("hunter2", "aHVudGVyMg==", "changeit");
            assertThat(logged.list)
                    .allSatisfy(e -> assertThat(e.getFormattedMessage()).doesNotContain("hunter2", "aHVudGVyMg=="));
        } finally {
            root.detachAppender(logged);
            root.setLevel(before);
        }
    }

    @Test
    void dsnParametersGoAlongWhereTheServerKnowsThem() {
        var envelope = new Envelope(
                "a@x.example",
                List.of(
                        new Recipient("b@y.example", "FAILURE,DELAY", "rfc822;b@y.example"),
                        new Recipient("c@y.example", "NEVER\r\nRCPT TO:<evil@z.example>", null)),
                false,
                false,
                "HDRS",
                "id+2B1");
        var traits = new ContentTraits(5, false, false, false, false, 3, true);
        var dsn = new Commands(envelope, Capabilities.of(List.of("x", "DSN")), "server");
        assertThat(dsn.mail(traits)).isEqualTo("MAIL FROM:<a@x.example> RET=HDRS ENVID=id+2B1");
        assertThat(dsn.rcpt(0)).isEqualTo("RCPT TO:<b@y.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b@y.example");
        assertThat(dsn.rcpt(1)).as("what could break out is left out").isEqualTo("RCPT TO:<c@y.example>");
        var plain = new Commands(envelope, Capabilities.NONE, "server");
        assertThat(plain.mail(traits)).isEqualTo("MAIL FROM:<a@x.example>");
        assertThat(plain.rcpt(0)).isEqualTo("RCPT TO:<b@y.example>");
    }
}
