package io.m365mail.intake;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Does something once the transaction of this thread has committed, and not where it is rolled back. */
public final class OnCommit {
    private OnCommit() {}

    /** @throws IllegalStateException where no transaction is under way */
    public static void run(Runnable task) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                task.run();
            }
        });
    }
}
