package io.m365mail.sandbox;

import java.io.IOException;

/** One listener of the sandbox. Started and closed once; the port is known after the start. */
interface Endpoint extends AutoCloseable {
    /** For logs, such as {@code submission}. */
    String name();

    /**
     * Binds and listens.
     *
     * @throws IOException where the port is taken or the folder cannot be written
     */
    void start() throws IOException;

    /** {@link #start}, with a failure that says which endpoint it was. */
    default void listen() throws IOException {
        try {
            start();
        } catch (IOException e) {
            throw new IOException(
                    "the sandbox's " + name() + " endpoint cannot listen on loopback; give it another port", e);
        }
    }

    int port();

    /** Drops the connections and frees the port. Harmless when it was never started. */
    @Override
    void close();
}
