package io.m365mail.limit;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers. Without it nothing can be counted, so no limited gate opens; one log line when it goes and
 * one when it is back.
 */
final class StoreWatch {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

    private final AtomicBoolean down = new AtomicBoolean();
    private final Runnable back;

    /** @param back run when the store answers again */
    StoreWatch(Runnable back) {
        this.back = back;
    }

    boolean isDown() {
        return down.get();
    }

    void failed(Exception e) {
        if (e.getCause() instanceof InterruptedException) {
            // Who asked is being stopped; that says nothing of the store.
            return;
        }
        if (down.compareAndSet(false, true)) {
            LOG.error(
                    "The store of the limits does not answer: {}. Transports with limits wait until it does; check"
                            + " m365.store.url, the database and the disk",
                    Text.oneLine(e.getMessage()).replaceFirst("\\.+$", ""));
        }
    }

    void worked() {
        if (down.compareAndSet(true, false)) {
            LOG.info("The store of the limits answers again; the transports go on");
            back.run();
        }
    }
}
