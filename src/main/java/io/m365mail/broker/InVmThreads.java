package io.m365mail.broker;

import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnector;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMRegistry;

/**
 * The threads of connections inside the JVM, which Artemis keeps in pools for the whole JVM. They are no daemons and live
 * on for a minute, so that a program would not end; here they end with the last embedded broker. Artemis' own registry of
 * in-VM brokers says which is the last; starting and the look at it exclude each other, as a pool must not end under a
 * broker that has just started.
 */
final class InVmThreads {
    private InVmThreads() {}

    /** Something that may fail. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** @param start of a broker, which registers itself */
    static void whileNoneEnds(Step start) throws Exception {
        synchronized (InVMRegistry.instance) {
            start.run();
        }
    }

    /** Called when a broker has stopped and its clients are closed. */
    static void endWithTheLast() {
        synchronized (InVMRegistry.instance) {
            if (InVMRegistry.instance.size() == 0) {
                InVMConnector.resetThreadPool();
            }
        }
    }
}
