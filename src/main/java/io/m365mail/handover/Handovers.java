package io.m365mail.handover;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.Queues;
import io.m365mail.config.TransportConfig;
import io.m365mail.limit.ExternalPark;
import io.m365mail.limit.Gate;
import io.m365mail.mail.Delivery;
import io.m365mail.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which transports' queues another transport has, and since when; hold, resume and move by hand. While a queue is handed
 * over its own gate is stopped, and a route carries each delivery to the other transport's queue in one transaction, so
 * never both have it. Kept in the store: a restart goes on as before, and instances on one store follow each other.
 *
 * <p>The order is always: write it down, close the gate, carry; and back: stop carrying, open the gate, forget. A crash
 * in between leaves a queue handed over, never one that nobody serves.
 */
public final class Handovers {
    /** Begins the reason of what was done by hand. */
    public static final String BY_HAND = "by hand";

    private static final Logger LOG = LoggerFactory.getLogger(Handovers.class);

    private final Map<String, TransportConfig> transports = new ConcurrentHashMap<>();
    private final Map<String, ? extends Gate> gates;
    private final ExternalPark externalPark;
    private final HandoverTable table;
    private final AsideQueues aside;
    private final MoveRules rules;
    private final Clock clock;
    private final Runnable latest;
    private final Map<String, Handover> handed = new ConcurrentHashMap<>();
    private volatile Switchboard routes;

    /** @param latest brings the gates what other instances have done, as of now */
    public Handovers(
            Collection<TransportConfig> transports,
            Map<String, ? extends Gate> gates,
            ExternalPark externalPark,
            Store store,
            BrokerAdmin admin,
            MoveRules rules,
            Clock clock,
            Runnable latest) {
        transports.forEach(t -> this.transports.put(t.name(), t));
        this.gates = gates;
        this.externalPark = externalPark;
        this.table = new HandoverTable(store);
        this.aside = new AsideQueues(admin);
        this.rules = rules;
        this.clock = clock;
        this.latest = latest;
    }

    public static String carryRoute(String transport) {
        return "hand-over-" + transport;
    }

    public static String keptRoute(String transport) {
        return "return-kept-" + transport;
    }

    public static String externalRoute(String transport) {
        return "return-external-" + transport;
    }

    /** Goes on where the last run stopped. Called before messages flow. */
    public synchronized void restore() throws SQLException {
        for (Handover h : table.load()) {
            if (transports.containsKey(h.transport()) && transports.containsKey(h.target())) {
                handed.put(h.transport(), h);
                gates.get(h.transport()).stop(reason(h));
            } else {
                LOG.warn(
                        "The queue of {} went to {}: not any more, the configuration lacks one",
                        h.transport(),
                        h.target());
                table.remove(h.transport());
            }
        }
        gates.forEach((name, gate) -> {
            Gate.State state = gate.state();
            if (state.stopped() && !handed.containsKey(name) && !state.reason().startsWith(BY_HAND)) {
                gate.resume();
            }
        });
    }

    /** @param switchboard of the running routes; what is handed over is carried from now on */
    public synchronized void start(Switchboard switchboard) {
        routes = switchboard;
        handed.keySet().forEach(name -> routes.start(carryRoute(name)));
    }

    /** The rule of the carrying route. */
    public List<Object> carry(Delivery d) {
        Handover h = handed.get(d.transport());
        return h == null ? rules.back(d) : rules.to(transports.get(h.target()), d);
    }

    /** Null where the transport has its own queue. */
    public Handover of(String transport) {
        return handed.get(transport);
    }

    /** @throws IllegalArgumentException for an unknown name */
    public synchronized void hold(String name, String reason) {
        known(name);
        followNow();
        if (handed.containsKey(name)) {
            throw new IllegalStateException(
                    "The queue of " + name + " goes to " + handed.get(name).target() + " already; resume ends that");
        }
        gates.get(name).stop(BY_HAND + (reason == null || reason.isBlank() ? "" : ": " + reason));
    }

    /** Ends a hold, a park, a handover and, for mail to external recipients, the tenant's park. */
    public synchronized void resume(String name) throws SQLException {
        known(name);
        followNow();
        if (handed.containsKey(name)) {
            takeBack(name);
        } else {
            gates.get(name).resume();
        }
        externalPark.resume();
    }

    /** By hand: until {@link #resume}. Deliveries that wait for their time go too, at once. */
    public synchronized void move(String from, String to) throws SQLException {
        known(from);
        known(to);
        followNow();
        refuseCircle(from, to);
        Handover before = handed.get(from);
        if (before != null) {
            takeBack(from);
        }
        if (!handOver(from, to, true)) {
            refuseCircle(from, to);
            throw new IllegalStateException("Another instance has just handed over the queue of " + from);
        }
    }

    /** For a transport that is down. @return false where the target's own queue is handed over, back to this one */
    synchronized boolean fallBack(String from, String to) throws SQLException {
        if (handed.containsKey(from)
                || gates.get(from).state().stopped()
                || Handover.leadsTo(handed.values(), to, from)) {
            return false;
        }
        return handOver(from, to, false);
    }

    /** The transport has its queue again; what the other has taken stays there. */
    synchronized void takeBack(String name) throws SQLException {
        if (handed.containsKey(name)) {
            end(name);
            table.remove(name);
        }
    }

    private void end(String name) {
        routes.stop(carryRoute(name));
        LOG.info(
                "transport {} takes its queue back from {}",
                name,
                handed.get(name).target());
        handed.remove(name);
        gates.get(name).resume();
    }

    /** @return false where another instance was first, and nothing is changed */
    private boolean handOver(String from, String to, boolean byHand) throws SQLException {
        var h = new Handover(from, to, byHand, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        boolean first = table.save(
                h,
                there -> there.stream().noneMatch(o -> o.transport().equals(from))
                        && !Handover.leadsTo(there, to, from));
        if (first) {
            begin(h);
        }
        return first;
    }

    private void begin(Handover h) {
        handed.put(h.transport(), h);
        if (!gates.get(h.transport()).state().stopped()) {
            gates.get(h.transport()).stop(reason(h));
        }
        LOG.warn("transport {}: its queue goes to {}", h.transport(), h.target());
        routes.start(carryRoute(h.transport()));
        aside.hasten(h.transport());
    }

    /** Does what other instances have done: where they hand over, so does this one; where they take back, it stops. */
    private void follow() throws SQLException {
        if (!table.shared()) {
            return;
        }
        Map<String, Handover> stored = new HashMap<>();
        for (Handover h : table.load()) {
            if (transports.containsKey(h.transport()) && transports.containsKey(h.target())) {
                stored.put(h.transport(), h);
            }
        }
        List.copyOf(handed.keySet()).stream()
                .filter(name -> !stored.containsKey(name))
                .forEach(this::end);
        stored.values().stream()
                .filter(h -> !h.equals(handed.get(h.transport())))
                .forEach(this::begin);
    }

    /** While the store does not answer, what was known last holds; the gates' log says that it is away. */
    private void followNow() {
        latest.run();
        followQuietly();
    }

    private void followQuietly() {
        try {
            follow();
        } catch (SQLException e) {
            LOG.debug("What other instances have handed over is not known now", e);
        }
    }

    private static String reason(Handover h) {
        return (h.byHand() ? BY_HAND : "it is down") + ": its queue goes to " + h.target();
    }

    /** Now and then: lets go what waits aside and need not any more, and what still waits for its time. */
    public synchronized void tick() {
        followQuietly();
        boolean externalMayGo = externalPark.state() == null;
        for (String name : transports.keySet()) {
            Handover h = handed.get(name);
            if (h != null) {
                aside.hasten(name);
            }
            aside.empty(routes, keptRoute(name), Queues.kept(name), h == null);
            aside.empty(routes, externalRoute(name), Queues.external(name), externalMayGo);
        }
    }

    private void known(String name) {
        if (!transports.containsKey(name)) {
            throw new IllegalArgumentException("There is no transport " + name.replaceAll("[^a-z0-9-]", "?")
                    + "; there are " + transports.keySet().stream().sorted().toList());
        }
    }

    private void refuseCircle(String from, String to) {
        if (Handover.leadsTo(handed.values(), to, from)) {
            throw new IllegalArgumentException(
                    from.equals(to)
                            ? "A queue cannot be moved to itself"
                            : "The queue of " + to + " comes back to " + from + ": resume " + to + " first");
        }
    }
}
