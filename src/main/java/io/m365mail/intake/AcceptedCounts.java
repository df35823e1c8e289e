package io.m365mail.intake;

import io.m365mail.mail.Queued;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Tells the metrics what was accepted, once the transaction around it has committed. */
public final class AcceptedCounts {
    private final Consumer<List<Queued>> metrics;

    public AcceptedCounts(Consumer<List<Queued>> metrics) {
        this.metrics = metrics;
    }

    /** @param body the deliveries of a submission; a batch counts with each of its submissions */
    public void accepted(Object body) {
        if (body instanceof SubmissionBatch) {
            return;
        }
        List<Queued> queued = ((List<?>) body).stream().map(Queued.class::cast).toList();
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                metrics.accept(queued);
            }
        });
    }
}
