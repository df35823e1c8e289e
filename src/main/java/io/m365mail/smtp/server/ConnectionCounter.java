package io.m365mail.smtp.server;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** Counts open connections of a listener, in all and for each remote address. */
final class ConnectionCounter {
    private final int most;
    private final int mostPerAddress;
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();
    private int all;

    /** @param mostPerAddress 0 is no limit */
    ConnectionCounter(int most, int mostPerAddress) {
        this.most = most;
        this.mostPerAddress = mostPerAddress == 0 ? most : mostPerAddress;
    }

    /** Counts one more, unless that is one too many. */
    synchronized boolean tryAcquire(InetAddress address) {
        if (all >= most || byAddress.getOrDefault(address, 0) >= mostPerAddress) {
            return false;
        }
        all++;
        byAddress.merge(address, 1, Integer::sum);
        return true;
    }

    synchronized void release(InetAddress address) {
        all--;
        byAddress.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
    }
}
