package io.m365mail.limit;

import io.m365mail.config.TransportConfig;
import io.m365mail.store.Store;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All gates of this instance. Transports with the same limit key (the same mailbox) share one account. One thread
 * writes what need not be durable before MAIL: answers, holds and parks; marks this instance as alive and removes old
 * rows. What could not be written, because the store is away, is written when it is back. Where several instances share
 * the store, the thread takes over their holds and parks each second.
 */
public final class Gates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gates.class);
    private static final long CHECK_SECONDS = 1;
    private static final long KEEP_SECONDS = 20;

    private final Timing timing;
    private final Duration probeInitial;
    private final Duration probeMaximum;
    private final GateListener listener;
    private final SendLedger ledger;
    private final StoreWatch watch = new StoreWatch(this::storeIsBack);
    private final GateStore kept;
    private final Map<String, SendAccount> accounts = new ConcurrentHashMap<>();
    private final Map<String, TransportGate> gates = new ConcurrentHashMap<>();
    private final LimitThread writer = new LimitThread();
    private final Answers answers;
    private final Store store;
    private final ExternalPark externalPark;
    private volatile TenantLimit tenant;

    /** The machine's clocks, probes after 1 to 15 minutes. */
    public Gates(Store store, GateListener listener) {
        this(store, Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofMinutes(15), listener);
    }

    /**
     * @param store open for as long as the gates are
     * @param probeInitial from a hold to its first probe
     * @param probeMaximum the longest time between two probes
     */
    public Gates(Store store, Timing timing, Duration probeInitial, Duration probeMaximum, GateListener listener) {
        this.timing = timing;
        this.probeInitial = probeInitial;
        this.probeMaximum = probeMaximum;
        this.listener = listener;
        this.ledger = new SendLedger(store, timing, store.opening() + ":" + UUID.randomUUID());
        this.answers = new Answers(ledger);
        this.store = store;
        this.kept = new GateStore(store, timing, probeInitial, watch, writer::soon);
        this.externalPark = new ExternalPark(timing, kept::save);
        writer.every(CHECK_SECONDS, CHECK_SECONDS, this::adoptChanges);
        writer.every(CHECK_SECONDS, CHECK_SECONDS, this::settleConnections);
        writer.every(CHECK_SECONDS, CHECK_SECONDS, this::tryStore);
        writer.every(0, KEEP_SECONDS, this::keep);
    }

    /**
     * The gate of a transport, as it was left by an earlier run. Call once for each transport.
     *
     * @throws SQLException when the store does not answer
     */
    public synchronized TransportGate create(TransportConfig transport) throws SQLException {
        String key = limitKey(transport);
        SendAccount account =
                accounts.computeIfAbsent(key, k -> new SendAccount(k, ledger, watch, timing, this::writeAnswer));
        account.join(transport.limits());
        GateMode mode = new GateMode(timing, probeInitial, probeMaximum, kept.shared());
        Gate.State stored = kept.load(transport.name());
        if (stored != null) {
            mode.restore(stored);
            LOG.warn(
                    "transport {} is still {} since {}: {}",
                    transport.name(),
                    stored.mode() == Gate.Mode.HELD
                            ? stored.stopped() ? "on hold without probes" : "on hold"
                            : "parked until " + stored.until(),
                    stored.since(),
                    stored.reason());
        }
        TransportGate gate = new TransportGate(
                transport.name(),
                transport.limits().connections(),
                account,
                timing,
                mode,
                listener,
                kept,
                transport.countsForTenant() ? tenant : null);
        gates.put(transport.name(), gate);
        return gate;
    }

    /** Mail to external recipients that waits, as an earlier run or another instance left it. One for all transports. */
    public ExternalPark externalPark() throws SQLException {
        for (String name : kept.names(ExternalPark.KEY)) {
            // Another instance may have ended it meanwhile.
            Gate.State stored = kept.load(name);
            if (stored != null) {
                externalPark.restore(name, stored);
            }
        }
        return externalPark;
    }

    /**
     * Counts the tenant's external recipients from now on. Called before the gates are created.
     *
     * @param perDay in any 24 hours
     */
    public TenantLimit limitTenant(int perDay, Predicate<String> internalDomains) {
        tenant = new TenantLimit(perDay, internalDomains, store, timing, watch, externalPark);
        return tenant;
    }

    /** Several instances have these gates; {@link #share} brings what the others have done. */
    public boolean shared() {
        return kept.shared();
    }

    /**
     * Knows what the other instances have done, as of now: before something is done by hand. Waits for the store as long
     * as it takes to find out that it does not answer.
     */
    public void share() {
        if (shared()) {
            writer.now(this::adoptChanges);
            writer.now(this::settleConnections);
        }
    }

    private void adoptChanges() {
        kept.share((name, unchanged, stored) -> {
            TransportGate gate = gates.get(name);
            if (gate != null) {
                return gate.sharing().adopt(unchanged, stored);
            }
            return name.startsWith(ExternalPark.KEY) && externalPark.adopt(name, unchanged, stored);
        });
    }

    /** What a limit counts for: the mailbox, else the transport by itself. */
    static String limitKey(TransportConfig transport) {
        return transport instanceof TransportConfig.SmtpAuth auth
                ? "mailbox:" + auth.mailbox().toLowerCase(Locale.ROOT)
                : "transport:" + transport.name();
    }

    private void writeAnswer(SendLedger.Reply reply) {
        answers.add(reply);
        writer.soon(this::flush);
    }

    private void flush() {
        try {
            answers.write();
            kept.flush();
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    /** While the store is away: looks whether it is back. */
    private void tryStore() {
        if (watch.isDown()) {
            accounts.values().stream().filter(SendAccount::limited).findFirst().ifPresent(SendAccount::tryStore);
        }
    }

    private void settleConnections() {
        try {
            for (SendAccount account : accounts.values()) {
                account.settleConnections();
            }
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    private void keep() {
        try {
            for (SendAccount account : accounts.values()) {
                account.keep();
            }
            for (TransportGate gate : gates.values()) {
                gate.sharing().keep();
            }
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    private void storeIsBack() {
        for (SendAccount account : accounts.values()) {
            account.lock.lock();
            try {
                account.changed.signalAll();
            } finally {
                account.lock.unlock();
            }
        }
        writer.soon(this::flush);
    }

    /** Closes all gates and writes what is left. The store stays open. */
    @Override
    public synchronized void close() {
        gates.values().forEach(TransportGate::close);
        writer.close();
        flush();
        leave();
    }

    /** The other instances need not wait until this one is taken for dead. */
    private void leave() {
        try {
            for (SendAccount account : accounts.values()) {
                account.share().leave();
            }
        } catch (SQLException e) {
            watch.failed(e);
        }
    }
}
