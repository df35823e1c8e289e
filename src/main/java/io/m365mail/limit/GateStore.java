package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * What the gates keep in the store: their states, and the turns of their probes. Writes are done soon, by the gates' one
 * thread; what the store did not take stays and is written when it is back. Where several instances share the store, the
 * same thread looks for what they have changed.
 */
final class GateStore {
    private final Store store;
    private final GateStates states;
    private final Probes probes;
    private final StoreWatch watch;
    private final Consumer<Runnable> soon;
    private final Map<String, Gate.State> unsaved = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Write> probeWrites = new ConcurrentLinkedQueue<>();

    /** Something to write. */
    @FunctionalInterface
    private interface Write {
        void run() throws SQLException;
    }

    /** @param soon runs a task in the thread that writes */
    GateStore(Store store, Timing timing, Duration probeInitial, StoreWatch watch, Consumer<Runnable> soon) {
        this.store = store;
        this.states = new GateStates(store);
        this.probes = new Probes(store, timing, probeInitial);
        this.watch = watch;
        this.soon = soon;
    }

    /** Other instances have the same transports. */
    boolean shared() {
        return !store.exclusive();
    }

    /** @return null where the gate was open */
    Gate.State load(String transport) throws SQLException {
        Gate.State stored = states.load(transport);
        if (shared() && stored != null && stored.mode() == Gate.Mode.HELD) {
            probes.soon(transport);
        }
        return stored;
    }

    Set<String> names(String prefix) throws SQLException {
        return states.names(prefix);
    }

    void save(String name, Gate.State state) {
        unsaved.put(name, state);
        if (shared() && state.mode() == Gate.Mode.OPEN) {
            probeWrites.add(() -> probes.end(name));
        }
        soon.accept(this::flushQuietly);
    }

    void probeFailed(String transport, Duration interval) {
        if (shared()) {
            probeWrites.add(() -> probes.failed(transport, interval));
            soon.accept(this::flushQuietly);
        }
    }

    /** Asks whether this instance may probe. @return null when the store does not answer */
    Probes.Turn turn(String transport) {
        try {
            Probes.Turn turn = probes.ask(transport);
            watch.worked();
            return turn;
        } catch (SQLException e) {
            watch.failed(e);
            return null;
        }
    }

    void renew(String transport) throws SQLException {
        if (shared()) {
            probes.renew(transport);
        }
    }

    /** Writes what is left, and takes over what other instances have changed. In the writing thread only. */
    void share(GateStates.Adopter adopter) {
        if (!shared()) {
            return;
        }
        try {
            flush();
            states.adoptChanges(adopter);
            watch.worked();
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    void flush() throws SQLException {
        for (Map.Entry<String, Gate.State> entry : unsaved.entrySet()) {
            states.save(entry.getKey(), entry.getValue());
            unsaved.remove(entry.getKey(), entry.getValue());
        }
        for (Write write = probeWrites.peek(); write != null; write = probeWrites.peek()) {
            write.run();
            probeWrites.poll();
        }
    }

    private void flushQuietly() {
        try {
            flush();
        } catch (SQLException e) {
            watch.failed(e);
        }
    }
}
