package io.m365mail.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A place: first a ticket (the account keeps room for it), then a counted send, then answered. Several sends may follow
 * each other through one place, each counted by itself. Closed once; methods may be called from any thread.
 */
final class GatePlace implements Gate.Place {
    private final TransportGate gate;
    private final SendAccount account;
    private final TenantLimit tenant;
    private final boolean probe;
    private final Duration patience;
    private boolean ticket = true;
    private boolean tried;
    private boolean closed;
    private SendAccount.Send send;
    private TenantLimit.Counted counted;

    /** @param tenant the tenant's limit, or null where it is not counted */
    GatePlace(TransportGate gate, SendAccount account, TenantLimit tenant, boolean probe, Duration patience) {
        this.gate = gate;
        this.account = account;
        this.tenant = tenant;
        this.probe = probe;
        this.patience = patience;
    }

    @Override
    public Instant reserve(int recipients) {
        return reserve(recipients, List.of());
    }

    @Override
    public synchronized Instant reserve(int recipients, List<String> domains) {
        if (closed) {
            throw new IllegalStateException("the place was given back: take one with Gate.await before each message");
        }
        if (recipients < 1) {
            throw new IllegalArgumentException("a send has at least one recipient, not " + recipients);
        }
        answered();
        tried = true;
        TenantLimit.Answer external = tenant == null ? new TenantLimit.Answer(null, null) : tenant.reserve(domains);
        if (external.later() != null) {
            return external.later();
        }
        SendAccount.Answer answer = account.reserve(recipients, ticket);
        if (answer.later() == null) {
            send = answer.send();
            counted = external.counted();
            ticket = false;
            return null;
        }
        if (external.counted() != null) {
            tenant.giveBack(external.counted());
        }
        if (answer.dayUsedUp()) {
            gate.park(answer.later(), "the recipients of 24 hours are used up");
        }
        return answer.later();
    }

    @Override
    public synchronized void answered() {
        if (send != null) {
            account.answered(send);
            send = null;
        }
        if (counted != null) {
            tenant.answered(counted);
            counted = null;
        }
    }

    @Override
    public boolean probe() {
        return probe;
    }

    @Override
    public Duration patience() {
        return patience;
    }

    @Override
    public synchronized void received() {
        tried = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            answered();
            gate.takeBack(this, ticket, tried);
        }
    }
}
