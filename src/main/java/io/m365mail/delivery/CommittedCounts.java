package io.m365mail.delivery;

import java.util.function.Consumer;

/**
 * Counts what a verdict came to when its transaction has committed: a delivery whose commit failed comes again.
 *
 * @param afterCommit takes what is to be done then
 */
public record CommittedCounts(DeliveryCounts counts, Consumer<Runnable> afterCommit) implements DeliveryCounts {
    @Override
    public void delivered(String transport, String source, int recipients) {
        afterCommit.accept(() -> counts.delivered(transport, source, recipients));
    }

    @Override
    public void deferred(String transport, int recipients) {
        afterCommit.accept(() -> counts.deferred(transport, recipients));
    }

    @Override
    public void dead(String transport, int recipients) {
        afterCommit.accept(() -> counts.dead(transport, recipients));
    }
}
