package io.m365mail.limit;

import io.m365mail.store.Store;
import java.nio.file.Path;
import java.time.Duration;

/** A process of its own for {@link KillTest}: says each reservation the moment that it returns, until it is killed. */
final class KilledSender {
    private KilledSender() {}

    public static void main(String[] args) throws Exception {
        Store store = Transports.store(Path.of(args[0]));
        Gates gates = new Gates(store, GateListener.NONE);
        Gate gate = gates.create(Transports.mailbox("alerts", "a@contoso.com", Transports.limits(100_000, 3, 0)));
        for (int i = 1; ; i++) {
            try (Gate.Place place = gate.await(Duration.ofSeconds(10))) {
                if (place.reserve(1) == null) {
                    System.out.println("reserved " + i);
                    System.out.flush();
                }
            }
        }
    }
}
