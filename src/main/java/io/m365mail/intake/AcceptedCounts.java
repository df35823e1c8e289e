package io.m365mail.intake;

import io.m365mail.mail.MailLog;
import io.m365mail.mail.Queued;
import java.util.List;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Tells the metrics and the mail log what was accepted, once the transaction around it has committed. */
public final class AcceptedCounts implements Processor {
    /** Exchange property: who handed it over, as in the trace header. */
    static final String RECEIVED_FROM = "M365ReceivedFrom";

    private final Consumer<List<Queued>> metrics;

    public AcceptedCounts(Consumer<List<Queued>> metrics) {
        this.metrics = metrics;
    }

    /** The body is what was queued for a submission; a batch counts with each of its submissions. */
    @Override
    @SuppressWarnings("unchecked") // ChooseTransports made the list
    public void process(Exchange exchange) {
        var queued = (List<Queued>) exchange.getMessage().getBody();
        String receivedFrom = exchange.getProperty(RECEIVED_FROM, String.class);
        OnCommit.run(() -> {
            MailLog.accepted(queued, receivedFrom);
            metrics.accept(queued);
        });
    }
}
