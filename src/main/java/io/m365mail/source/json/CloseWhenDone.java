package io.m365mail.source.json;

import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what an exchange's messages lie in when it is done, whatever came of it. */
final class CloseWhenDone extends SynchronizationAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(CloseWhenDone.class);

    private final AutoCloseable what;

    CloseWhenDone(AutoCloseable what) {
        this.what = what;
    }

    @Override
    public void onDone(Exchange exchange) {
        try {
            what.close();
        } catch (Exception e) {
            LOG.warn("Spool files of a submission could not be removed: {}", e.toString());
        }
    }
}
