package io.m365mail.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for a server that is told its port. It is drawn below the ports that the system gives to outgoing connections and
 * to those who bind to 0, so that none of these takes it between the draw and the server's start.
 */
public final class FreePort {
    private static final int FIRST = 10_240;
    private static final int EPHEMERAL = 32_768;

    private FreePort() {}

    public static int next() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, EPHEMERAL);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // Another one.
            }
        }
    }
}
