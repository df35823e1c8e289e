package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import io.m365mail.limit.Gate;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.client.NotNow;
import io.m365mail.smtp.client.SendHook;
import io.m365mail.smtp.client.SmtpTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * Sends the body, a {@link Delivery}, and replaces it by the {@link Outcome}. Whatever the server says or the network does
 * is an outcome, not an exception. Where the gate has no room, {@link TransportConstants#NOT_NOW} is set instead.
 */
final class TransportProducer extends DefaultProducer {
    /** A route that took no place before it received waits here; consumers should take theirs first. */
    private static final Duration WAIT_FOR_PLACE = Duration.ofMinutes(1);

    private final TransportEndpoint endpoint;
    private TransportConfig config;
    private SmtpTransport transport;

    TransportProducer(TransportEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        config = endpoint.effectiveConfig();
        transport = endpoint.acquire();
    }

    @Override
    protected void doStop() throws Exception {
        if (transport != null) {
            transport = null;
            endpoint.release();
        }
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Delivery delivery = exchange.getMessage().getMandatoryBody(Delivery.class);
        exchange.setProperty(TransportConstants.DELIVERY, delivery);
        exchange.removeProperty(TransportConstants.NOT_NOW);
        try {
            exchange.getMessage().setBody(send(delivery));
        } catch (NotNow e) {
            exchange.setProperty(TransportConstants.NOT_NOW, e.until());
        }
    }

    private Outcome send(Delivery delivery) throws NotNow, InterruptedException {
        BeforeSending look = BeforeSending.look(config, delivery.envelope());
        Outcome sent = look.allRefused() ? null : send(look.open(), delivery.content());
        return look.with(sent, config.place());
    }

    private Outcome send(Envelope envelope, MailContent content) throws NotNow, InterruptedException {
        Gate gate = endpoint.getGate();
        if (gate == null) {
            return transport.send(envelope, content, SendHook.NONE);
        }
        Gate.Place taken = gate.current();
        if (taken != null) {
            return transport.send(envelope, content, new Account(taken, domains(envelope)));
        }
        try (Gate.Place own = gate.await(WAIT_FOR_PLACE)) {
            if (own == null) {
                throw new NotNow(endpoint.clock().instant());
            }
            return transport.send(envelope, content, new Account(own, domains(envelope)));
        }
    }

    private static List<String> domains(Envelope envelope) {
        return envelope.recipients().stream().map(Recipient::domain).toList();
    }

    /** The place's reservation around a transaction. */
    private record Account(Gate.Place place, List<String> domains) implements SendHook {
        @Override
        public Instant beforeMail(int recipients) {
            return place.reserve(recipients, domains);
        }

        @Override
        public void answered() {
            place.answered();
        }
    }
}
