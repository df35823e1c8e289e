package io.m365mail.broker;

import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A large body as it lies in the broker: read from there each time, never held in the heap. */
final class BrokerBody implements MailContent {
    private final BodyRef ref;
    private final LargeBodies bodies;

    BrokerBody(BodyRef ref, LargeBodies bodies) {
        this.ref = ref;
        this.bodies = bodies;
    }

    BodyRef ref() {
        return ref;
    }

    @Override
    public long size() {
        return ref.size();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        bodies.copy(ref, out);
    }

    @Override
    public InputStream open() throws IOException {
        return bodies.open(ref);
    }
}
