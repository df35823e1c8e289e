package io.m365mail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.Cloud;
import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.verdict.Verdict;
import io.m365mail.verdict.VerdictTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a delivery from another time or by hand may hold that its transport cannot carry. */
class BeforeSendingTest {
    private static final TransportConfig.Target TARGET =
            new TransportConfig.Target(null, 25, "require", null, null, null);
    private static final TransportConfig.Limits LIMITS = new TransportConfig.Limits(0, 1, 0, 500, 100, 0);
    private static final TransportConfig DIRECT =
            new TransportConfig.DirectSend("mx", TARGET, LIMITS, Cloud.WORLDWIDE, List.of("contoso.com"));
    private static final TransportConfig RELAY =
            new TransportConfig.Relay("connector", TARGET, LIMITS, Cloud.WORLDWIDE, null, null, List.of("contoso.com"));

    private static Verdict verdict(TransportConfig transport, Outcome.Result result) {
        return VerdictTable.load()
                .judge(transport.type(), result.stage(), result.reply())
                .row()
                .verdict();
    }

    @Test
    void recipientsOutsideAreKeptBackAndTheOthersGo() {
        Envelope envelope =
                Envelope.of("app@contoso.com", List.of("a@fabrikam.com", "b@contoso.com", "c@fabrikam.com"));
        BeforeSending look = BeforeSending.look(DIRECT, envelope);
        assertThat(look.allRefused()).isFalse();
        assertThat(look.open().recipients()).extracting(Recipient::address).containsExactly("b@contoso.com");
        Outcome sent =
                Outcome.all(look.open().recipients(), Stage.END_OF_DATA, Reply.of(250, "2.0.0 OK"), true, "x:25");
        Outcome all = look.with(sent, "unused");
        assertThat(all.server()).isEqualTo("x:25");
        assertThat(all.results())
                .extracting(r -> r.recipient().address())
                .containsExactly("a@fabrikam.com", "b@contoso.com", "c@fabrikam.com");
        assertThat(all.results()).extracting(r -> r.reply().code()).containsExactly(550, 250, 550);
        assertThat(all.results().get(0).reply().text()).contains("type relay or smtp-auth would carry it");
        assertThat(verdict(DIRECT, all.results().get(0))).isEqualTo(Verdict.DEAD_RECIPIENT);
    }

    @Test
    void aSenderThatTheRelayMayNotSendForStopsTheMessage() {
        BeforeSending look =
                BeforeSending.look(RELAY, Envelope.of("app@fabrikam.com", List.of("a@fabrikam.com", "b@contoso.com")));
        assertThat(look.allRefused()).isTrue();
        Outcome all = look.with(null, "the MX of contoso.com:25");
        assertThat(all.results()).hasSize(2).allMatch(r -> r.stage() == Stage.MAIL && !r.fromServer());
        assertThat(verdict(RELAY, all.results().get(0))).isEqualTo(Verdict.DEAD_MESSAGE);
    }

    @Test
    void whatFitsIsNotTouched() {
        Envelope envelope = Envelope.of("app@contoso.com", List.of("a@fabrikam.com"));
        BeforeSending look = BeforeSending.look(RELAY, envelope);
        assertThat(look.open()).isSameAs(envelope);
        Outcome sent = Outcome.all(envelope.recipients(), Stage.RCPT, Reply.of(250, "2.1.5 OK"), true, "x:25");
        assertThat(look.with(sent, "unused")).isSameAs(sent);
    }
}
