package io.m365mail.source.jms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes a spool file when its exchange is done, whatever came of it. */
final class DeleteWhenDone extends SynchronizationAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteWhenDone.class);

    private final Path file;

    DeleteWhenDone(Path file) {
        this.file = file;
    }

    @Override
    public void onDone(Exchange exchange) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The spool file {} could not be removed: {}", file, e.toString());
        }
    }
}
