package io.m365mail.broker;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Remembers the exception of the stream behind it: Artemis wraps what goes wrong while it writes a large body, and the
 * SMTP client must know its own broken connection from a broker that failed.
 */
final class FailureKeeping extends FilterOutputStream {
    private IOException failure;

    FailureKeeping(OutputStream out) {
        super(out);
    }

    IOException failure() {
        return failure;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
