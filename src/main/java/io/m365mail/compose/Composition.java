package io.m365mail.compose;

import java.io.IOException;
import java.util.List;

/**
 * The messages of one submission, and the files that their attachments lie in. Close it when the intake has stored the
 * messages; their contents are of no use afterwards.
 */
public final class Composition implements AutoCloseable {
    private final String id;
    private final List<Composed> messages;
    private final Spool spool;

    Composition(String id, List<Composed> messages, Spool spool) {
        this.id = id;
        this.messages = messages;
        this.spool = spool;
    }

    /** The submitter's own, for all of it, or null. */
    public String id() {
        return id;
    }

    /**
     * At least one. In a mail merge each is built when it is asked for and kept by nobody, so that ten thousand of them
     * need no more heap than one: go through the list once.
     *
     * @throws java.io.UncheckedIOException from {@code get} when an attachment cannot be read any more
     */
    public List<Composed> messages() {
        return messages;
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
