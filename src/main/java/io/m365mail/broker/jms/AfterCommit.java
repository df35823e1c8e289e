package io.m365mail.broker.jms;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be done when the transaction of the consumer in this thread has committed, and never where it has not: a
 * delivery whose commit fails comes again, and must not be counted twice. For consumers that commit their own session;
 * Spring's transactions have their own way.
 */
public final class AfterCommit {
    private final ThreadLocal<List<Runnable>> tasks = ThreadLocal.withInitial(ArrayList::new);

    public void then(Runnable task) {
        tasks.get().add(task);
    }

    /** A message begins: what an earlier one left has not been committed. */
    void begin() {
        tasks.get().clear();
    }

    void committed() {
        tasks.get().forEach(Runnable::run);
        tasks.get().clear();
    }
}
