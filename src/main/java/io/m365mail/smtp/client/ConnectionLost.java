package io.m365mail.smtp.client;

import java.io.IOException;

/**
 * The socket is of no more use: closed, reset, silent for too long, or the peer broke the protocol. A type of its own, so
 * that it cannot be taken for a failure to read the content. The message says what happened, without the server's name.
 */
final class ConnectionLost extends IOException {
    ConnectionLost(String what) {
        super(what);
    }

    ConnectionLost(String what, IOException cause) {
        super(what, cause);
    }
}
