package io.m365mail.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.limit.Gate;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one row alone does not show: mixed messages, repeated replies, lifetimes, and proofs that are taken away. */
class VerdictRulesTest extends ReplyFixture {
    @Test
    void aTenantLimitOnAMixedMessageSendsTheInternalPartOnAtOnce() throws Exception {
        Case c = new Case("smtp-auth");
        List<Object> next = c.apply(
                c.delivery("erp@contoso.com", ANN, BOB),
                Stage.END_OF_DATA,
                Reply.of(
                        550,
                        "5.7.233 Your message can't be sent because your tenant exceeded its daily limit"
                                + " for sending email to external recipients (tenant external recipient rate limit)"));
        assertThat(next).hasSize(2);
        Waiting waits = (Waiting) next.get(0);
        assertThat(waits.queue()).endsWith(".external");
        assertThat(waits.delivery().envelope().recipients()).containsExactly(BOB);
        Delivery goesOn = (Delivery) next.get(1);
        assertThat(goesOn.envelope().recipients()).containsExactly(ANN);
        assertThat(goesOn.notBefore()).isNull();
        assertThat(goesOn.id()).isNotEqualTo(waits.delivery().id());
    }

    @Test
    void aFaultOfOneDomainIsFoundAndConcernsItAlone() throws Exception {
        Case c = new Case("relay");
        Reply attr5 = Reply.of(
                451,
                "4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured"
                        + " in a hosted tenant which has no mail-enabled subscriptions. ATTR5");
        List<Object> next = c.apply(c.delivery("erp@contoso.com", ANN, BOB), Stage.END_OF_DATA, attr5);
        assertThat(next).hasSize(2).allSatisfy(n -> assertThat(((Delivery) n).notBefore())
                .isNull());
        Delivery guilty = (Delivery) next.get(1);
        Delivery later = only(c.apply(guilty, Stage.END_OF_DATA, attr5));
        assertThat(later.notBefore()).isAfterOrEqualTo(time.now().plus(Duration.ofMinutes(30)));
        for (int i = 0; i < 8 && later.tried().compareTo(Duration.ofHours(4)) < 0; i++) {
            later = only(c.apply(later, Stage.END_OF_DATA, attr5));
        }
        assertThat(c.apply(later, Stage.END_OF_DATA, attr5)).first().isInstanceOf(DeadLetter.class);
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
    }

    @Test
    void onlyTheWaitsBetweenAttemptsUseUpTheLifetime() throws Exception {
        Case c = new Case("smtp-auth");
        Reply busy = Reply.of(451, "4.3.2 Temporary server error");
        Delivery d = c.delivery("erp@contoso.com", BOB);
        time.advance(Duration.ofDays(30));
        Delivery later = only(c.apply(d, Stage.MAIL, busy));
        Duration waits = Duration.between(time.now(), later.notBefore());
        assertThat(later.tried()).isEqualTo(waits);
        for (int i = 0; i < 500 && later != null; i++) {
            List<Object> next = c.apply(later, Stage.MAIL, busy);
            later = next.get(0) instanceof Delivery again ? again : null;
            waits = later == null ? waits : waits.plus(Duration.between(time.now(), later.notBefore()));
        }
        assertThat(waits).isBetween(GIVE_UP, GIVE_UP.plus(Duration.ofHours(2)));
        assertThat(c.counted).contains("dead 1");
    }

    @Test
    void aDeliveryInBetweenTakesTheProofAway() throws Exception {
        Case c = new Case("relay");
        Reply attr36 = Reply.of(550, "5.7.64 TenantAttribution; Relay Access Denied SMTP");
        c.apply(c.delivery("a@contoso.com", BOB), Stage.RCPT, attr36);
        c.apply(c.delivery("b@contoso.com", BOB), Stage.END_OF_DATA, OK);
        c.apply(c.delivery("c@contoso.com", BOB), Stage.RCPT, attr36);
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
        c.apply(c.delivery("d@contoso.com", BOB), Stage.RCPT, attr36);
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.HELD);
    }

    @Test
    void onceUncertainAlwaysUncertain() throws Exception {
        Case c = new Case("smtp-auth");
        Delivery d = c.delivery("a@contoso.com", BOB);
        Reply lost = Reply.of(421, "4.4.2 connection lost");
        var unknown = new Outcome(List.of(new Outcome.Result(BOB, Stage.END_OF_DATA, lost, false, true)), "mx:25");
        Delivery again = only(c.verdict.apply(d, unknown));
        assertThat(again.uncertain()).isTrue();
        assertThat(only(c.apply(again, Stage.CONNECT, lost)).uncertain()).isTrue();
    }
}
