package io.m365mail.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server. Frozen, it takes connections and octets and passes nothing on, as a host that
 * hangs or a firewall that drops packets; unfrozen, it passes on what it has taken.
 */
public final class FreezingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean frozen;
    private volatile boolean cut;

    /** @param target the server's port on 127.0.0.1 */
    public FreezingProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public synchronized void freeze(boolean freeze) {
        frozen = freeze;
        notifyAll();
    }

    /** As a server that is down: what is connected is cut, and nobody gets in. */
    public void cut(boolean down) {
        cut = down;
        if (down) {
            sockets.forEach(this::close);
        }
    }

    private synchronized void awaitThaw() throws InterruptedException {
        while (frozen) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                sockets.add(client);
                start(() -> connect(client));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void connect(Socket client) {
        try {
            awaitThaw();
            var server = new Socket(InetAddress.getByName("127.0.0.1"), target);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            sockets.add(server);
            start(() -> pump(server, client));
            pump(client, server);
        } catch (IOException | InterruptedException gone) {
            close(client);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 << 10];
        try {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                awaitThaw();
                to.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException | InterruptedException gone) {
            // Both ends are closed below, which is what either of them has to know.
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "test-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        freeze(false);
        sockets.forEach(this::close);
    }
}
