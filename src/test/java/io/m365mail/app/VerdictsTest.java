package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.smtp.Stage;
import org.junit.jupiter.api.Test;

/**
 * Each verdict once, from the SMTP source over TLS to the sandbox: what happens to the message, its other recipients and
 * the transport, with its events, dead letters and counts. Every row of the table is in {@code ReplyTableTest}.
 */
class VerdictsTest extends VerdictFixture {
    @Test
    void deliveredEndsIt() throws Exception {
        submit(ALERTS, "ann@delivered.com", "bob@delivered.com");
        awaitFate("ann@delivered.com", "accepted", "delivered");
        awaitFate("bob@delivered.com", "accepted", "delivered");
        once("ann@delivered.com", "bob@delivered.com");
        assertThat(events.of("ann@delivered.com").get(1)).startsWith("delivered 250");
        totals(2, 2, 0, 0);
    }

    @Test
    void retryPutsOffTheOneAndNobodyElse() throws Exception {
        String busy = "tempfail-2x.451-4.3.0@retry.com";
        submit(ALERTS, "ann@retry.com", busy);
        awaitFate(busy, "accepted", "deferred", "deferred", "delivered");
        awaitFate("ann@retry.com", "accepted", "delivered");
        once("ann@retry.com", busy);
        assertThat(events.of(busy).get(1)).startsWith("deferred 451 4.3.0");
        totals(2, 2, 0, 0);
    }

    @Test
    void reconnectTakesAnotherConnectionAndCountsNoAttempt() throws Exception {
        submit(ALERTS, "first@reconnect.com");
        exchange.log().awaitReceived(1, SOON);
        long connections = exchange.log().connectionCount();
        int sends = view.number("alerts", "usedLastMinute");
        submit(RECONNECT, "ann@reconnect.com");
        awaitFate("ann@reconnect.com", "accepted", "delivered");
        once("first@reconnect.com", "ann@reconnect.com");
        assertThat(exchange.log().refusals())
                .extracting(r -> r.stage() + " " + r.reply().code())
                .containsExactly("MAIL 421");
        assertThat(exchange.log().connectionCount()).isEqualTo(connections + 1);
        assertThat(view.number("alerts", "usedLastMinute")).isLessThanOrEqualTo(sends + 1);
        totals(2, 2, 0, 0);
    }

    @Test
    void splitDeliversTheAcceptedOnesAndTheRestAtOnce() throws Exception {
        exchange.limits(SandboxLimits.none().withRecipients(10_000, 3, 10_000));
        String[] to = new String[8];
        for (int i = 0; i < to.length; i++) {
            to[i] = "r" + i + "@split.com";
        }
        submit(ALERTS, to);
        exchange.log().awaitReceived(3, SOON);
        once(to);
        assertThat(exchange.log().received())
                .extracting(m -> m.recipients().size())
                .containsExactly(3, 3, 2);
        assertThat(exchange.log().refusals())
                .allSatisfy(r -> assertThat(r.reply().code()).isEqualTo(452));
        for (String r : to) {
            awaitFate(r, "accepted", "delivered");
        }
        totals(8, 8, 0, 0);
    }

    @Test
    void aDeadRecipientIsAloneInHisDeadLetter() throws Exception {
        submit(ALERTS, "ann@deadone.com", "reject@deadone.com", "bob@deadone.com");
        awaitFate("reject@deadone.com", "accepted", "dead");
        awaitFate("bob@deadone.com", "accepted", "delivered");
        once("ann@deadone.com", "bob@deadone.com");
        assertThat(view.dead())
                .filteredOn(l -> l.contains("@deadone.com"))
                .singleElement()
                .satisfies(l -> assertThat(l).startsWith("reject@deadone.com: 550 5.1.10"));
        totals(3, 2, 1, 0);
    }

    @Test
    void aDeadMessageIsDeadForAllAndTheNextOneGoes() throws Exception {
        submit("boss@contoso.com", "ann@deadall.com", "bob@deadall.com");
        submit(ALERTS, "carl@deadall.com", "reject.550-5.6.11.at-end@deadall.com");
        submit(ALERTS, "dora@deadall.com");
        awaitFate("ann@deadall.com", "accepted", "dead");
        awaitFate("bob@deadall.com", "accepted", "dead");
        awaitFate("carl@deadall.com", "accepted", "dead");
        awaitFate("dora@deadall.com", "accepted", "delivered");
        once("dora@deadall.com");
        assertThat(view.dead().stream().filter(l -> l.contains("@deadall.com")))
                .hasSize(4)
                .anyMatch(l -> l.startsWith("ann@deadall.com: 554 5.2.252"))
                .anyMatch(l -> l.startsWith("carl@deadall.com: 550 5.6.11"));
        assertThat(exchange.log().refusals()).extracting(r -> r.stage()).containsOnly(Stage.END_OF_DATA);
        totals(5, 1, 4, 0);
    }

    @Test
    void aFaultOfOneDomainDelaysThatDomainOnly() throws Exception {
        String guilty = "tempfail-2x.451-4.4.4.at-end@attr5.com";
        submit(APP, "ann@one.com", guilty, "bob@two.com");
        awaitFate("ann@one.com", "accepted", "delivered");
        awaitFate("bob@two.com", "accepted", "delivered");
        awaitFate(guilty, "accepted", "deferred");
        assertThat(events.of(guilty).get(1)).contains("451 4.4.4", "ATTR5");
        submit(APP, "carl@one.com");
        awaitFate("carl@one.com", "accepted", "delivered");
        once("ann@one.com", "bob@two.com", "carl@one.com");
        assertThat(view.number("connector", "delayed")).as("for half an hour").isEqualTo(1);
        totals(4, 3, 0, 1);
    }
}
