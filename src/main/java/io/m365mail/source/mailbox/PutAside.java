package io.m365mail.source.mailbox;

import io.m365mail.config.SourceConfig;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a message that is not for us: in another folder, or with POP3 where it is; and says so, once for each. */
public final class PutAside {
    private static final Logger LOG = LoggerFactory.getLogger(PutAside.class);

    private final SourceConfig.Mailbox source;

    public PutAside(SourceConfig.Mailbox source) {
        this.source = source;
    }

    public void put(NotTaken message, Exchange exchange) {
        LOG.warn(
                "source {}: {} is not taken and {}: {}",
                source.name(),
                message.what(),
                source.server().protocol().equals("imap")
                        ? "goes to folder " + source.asideFolder()
                        : "stays in the mailbox",
                message.why());
        Fate.ASIDE.of(exchange);
    }
}
