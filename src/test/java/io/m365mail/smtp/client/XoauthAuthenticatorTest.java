package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.oauth.TokenException;
import io.m365mail.oauth.TokenSource;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Stage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class XoauthAuthenticatorTest {
    private static final List<String> START =
            List.of("reply 220 x", "expect EHLO", "reply 250-x", "reply 250 AUTH LOGIN XOAUTH2");

    /** Gives t1, then t2 after it was told that t1 is refused. */
    private static final class Tokens implements TokenSource {
        private int number = 1;
        private final boolean stale;

        Tokens(boolean stale) {
            this.stale = stale;
        }

        @Override
        public String token() {
            return "t" + number;
        }

        @Override
        public boolean invalidate(String token) {
            number += stale ? 1 : 0;
            return stale;
        }
    }

    private static String blob(String token) {
        String text = "user=a@x.example\u0001auth=Bearer " + token + "\u0001\u0001";
        return "AUTH XOAUTH2 " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Outcome.Result send(TokenSource tokens, String... dialogue) throws Exception {
        List<String> session = new ArrayList<>(START);
        session.addAll(List.of(dialogue));
        session.add("eof");
        try (var server = new ScriptedServer(List.of(session))) {
            var options = SmtpClientOptions.of("127.0.0.1", server.port(), "client.example", TlsMode.OFF);
            var connector =
                    new SmtpConnector(options, new XoauthAuthenticator("a@x.example", tokens), System::nanoTime);
            try (var transport = new SmtpTransport(connector, PoolLimits.of(1), System::nanoTime)) {
                Outcome outcome = transport.send(
                        Envelope.of("a@x.example", List.of("b@y.example")),
                        MailContent.of("Subject: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                        SendHook.NONE);
                assertThat(server.complaints).isEmpty();
                return outcome.results().get(0);
            }
        }
    }

    @Test
    void theTokenGoesWithTheCommand() throws Exception {
        Outcome.Result result = send(
                new Tokens(false),
                "expect " + blob("t1"),
                "reply 235 2.7.0 ok",
                "expect MAIL",
                "reply 550 enough",
                "expect RSET",
                "reply 250 ok",
                "expect QUIT",
                "reply 221 bye");
        assertThat(result.stage()).isEqualTo(Stage.MAIL);
    }

    @Test
    void aChallengeIsAnsweredWithAnEmptyLine() throws Exception {
        Outcome.Result result = send(
                new Tokens(false),
                "expect " + blob("t1"),
                "reply 334 eyJzdGF0dXMiOiI0MDEifQ==",
                "expect ",
                "reply 535 5.7.3 Authentication unsuccessful");
        assertThat(result.stage()).isEqualTo(Stage.AUTH);
        assertThat(result.fromServer()).isTrue();
        assertThat(result.reply().toString()).isEqualTo("535 5.7.3 Authentication unsuccessful");
    }

    @Test
    void aStaleTokenIsReplacedOnTheSameConnection() throws Exception {
        Outcome.Result result = send(
                new Tokens(true),
                "expect " + blob("t1"),
                "reply 535 5.7.3 no",
                "expect " + blob("t2"),
                "reply 535 5.7.3 still no");
        assertThat(result.reply().text()).as("tried twice, then it stands").isEqualTo("still no");
    }

    @Test
    void withoutTokenTheReplySaysWhoseFaultItIs() throws Exception {
        for (boolean configuration : List.of(true, false)) {
            TokenSource none = new TokenSource() {
                @Override
                public String token() throws TokenException {
                    throw new TokenException("no token: because", "AADSTS1", configuration);
                }

                @Override
                public boolean invalidate(String token) {
                    return false;
                }
            };
            Outcome.Result result = send(none);
            assertThat(result.stage()).isEqualTo(Stage.AUTH);
            assertThat(result.fromServer()).isFalse();
            assertThat(result.reply().toString())
                    .isEqualTo((configuration ? "535 5.7.0" : "454 4.7.0") + " no token: because");
        }
    }
}
