package io.m365mail.broker;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;

/**
 * Turns the pushing read of a large body into a stream to pull from, by a thread of its own that lives as long as the
 * stream is open. Seldom used: for the header of a dead letter on a page.
 */
final class BodyPipe extends FilterInputStream {
    private volatile IOException failure;

    BodyPipe(BodyRef ref, LargeBodies bodies) throws IOException {
        super(new PipedInputStream(64 << 10));
        var sink = new PipedOutputStream((PipedInputStream) in);
        var thread = new Thread(() -> pump(ref, bodies, sink), "m365-body-" + ref.queue());
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(BodyRef ref, LargeBodies bodies, PipedOutputStream sink) {
        try (sink) {
            bodies.copy(ref, sink);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public int read() throws IOException {
        return checked(super.read());
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        return checked(super.read(b, off, len));
    }

    private int checked(int n) throws IOException {
        if (n < 0 && failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        return n;
    }
}
