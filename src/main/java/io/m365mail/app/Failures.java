package io.m365mail.app;

/** Goes on stopping after a failure and reports the first at the end, the others attached to it. */
final class Failures {
    private Exception first;

    interface Step {
        void run() throws Exception;
    }

    void collect(Step step) {
        try {
            step.run();
        } catch (Exception e) {
            if (first == null) {
                first = e;
            } else {
                first.addSuppressed(e);
            }
        }
    }

    void rethrow() throws Exception {
        if (first != null) {
            throw first;
        }
    }
}
