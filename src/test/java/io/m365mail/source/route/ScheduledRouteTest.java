package io.m365mail.source.route;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.intake.Draft;
import io.m365mail.intake.WhenDue;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Scheduled;
import io.m365mail.testing.ManualClock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code routes/scheduled.camel.yaml}: what was accepted long ago is due now. Its queue is replaced by a call. */
@Timeout(60)
class ScheduledRouteTest extends SourceRoute {
    private static final Instant ACCEPTED_AT = Instant.parse("2026-11-01T08:00:00Z");

    private final ManualClock clock = new ManualClock();
    private final List<Draft> due = new CopyOnWriteArrayList<>();

    /** In the place of the choice of the transports. */
    private void choose(Exchange exchange) {
        Draft draft = exchange.getMessage().getBody(Draft.class);
        due.add(draft);
        exchange.getMessage().setBody(List.of("a delivery of " + draft.id()));
    }

    @BeforeEach
    void startRoute() throws Exception {
        context.getRegistry().bind("whenDue", new WhenDue(null, new ActiveMQConnectionFactory(), clock.asClock()));
        context.getRegistry().bind("chooseTransports", (Processor) this::choose);
        load("errors", "scheduled");
        context.getRouteDefinition("scheduled").getInput().setUri("direct:due");
        start(null);
    }

    private Exchange isDue() {
        var waiting = new Scheduled(
                "id-1",
                "erp",
                Envelope.of("erp@contoso.com", List.of("bob@fabrikam.com")),
                MailContent.of("Subject: alarm\r\n\r\nnow\r\n".getBytes(US_ASCII)),
                9,
                "appointment-1",
                ACCEPTED_AT,
                clock.now());
        return template.request("direct:due", e -> e.getMessage().setBody(waiting));
    }

    @Test
    void itGoesOnAsOneThatWasAcceptedJustNow() throws Exception {
        getMockEndpoint("mock:direct:enqueue").expectedBodiesReceived(List.of(List.of("a delivery of id-1")));
        assertThat(isDue().getException()).isNull();
        assertThat(due).hasSize(1);
        assertThat(due.get(0).submission().receivedAt()).isEqualTo(clock.now());
        assertThat(due.get(0).submission().priority()).isEqualTo(9);
        assertThat(due.get(0).submission().submitterId()).isEqualTo("appointment-1");
        assertThat(due.get(0).later()).isNull();
        getMockEndpoint("mock:direct:enqueue").assertIsSatisfied();
    }

    @Test
    void whatNoTransportCarriesAnyMoreIsADeadLetter() {
        answers(Answer.NEVER);
        assertThat(isDue().getException()).as("the listener commits").isNull();
        assertThat(refusals().getReceivedCounter()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_NOW", "BROKEN"})
    void whatCannotBeQueuedNowGoesBackToItsQueue(Answer answer) {
        answers(answer);
        assertThat(isDue().getException()).as("the listener rolls back").isNotNull();
        assertThat(refusals().getReceivedCounter()).isZero();
    }
}
