package io.m365mail.app;

import io.m365mail.bounce.SentRegister;
import io.m365mail.bounce.TellBounces;
import io.m365mail.broker.jms.AfterCommit;
import io.m365mail.broker.jms.PermitFirstContainerFactory;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.dead.DeadLetters;
import io.m365mail.dead.RefusedToDeadLetter;
import io.m365mail.dead.ScheduledSubmissions;
import io.m365mail.delivery.ApplyVerdict;
import io.m365mail.delivery.CommittedCounts;
import io.m365mail.delivery.DeliveryCounts;
import io.m365mail.delivery.ExternalMailWaits;
import io.m365mail.delivery.NextMessages;
import io.m365mail.delivery.Outages;
import io.m365mail.delivery.RetrySchedule;
import io.m365mail.delivery.ToTransportQueue;
import io.m365mail.dns.Dns;
import io.m365mail.event.IntakeEvents;
import io.m365mail.event.VerdictEvents;
import io.m365mail.handover.Handovers;
import io.m365mail.handover.MoveRules;
import io.m365mail.handover.Readdress;
import io.m365mail.intake.AcceptedCounts;
import io.m365mail.intake.CheckBatch;
import io.m365mail.intake.CheckSubmission;
import io.m365mail.intake.ChooseTransports;
import io.m365mail.intake.Copies;
import io.m365mail.intake.EnrichMessage;
import io.m365mail.intake.KeepLargeBody;
import io.m365mail.intake.OnceOnly;
import io.m365mail.intake.RewriteSubmission;
import io.m365mail.intake.SubmissionBatch;
import io.m365mail.intake.SubmissionIds;
import io.m365mail.intake.TransportChoice;
import io.m365mail.intake.TransportParts;
import io.m365mail.intake.WhenDue;
import io.m365mail.limit.Gate;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Enrichment;
import io.m365mail.management.Metrics;
import io.m365mail.ndr.FailureReports;
import io.m365mail.rewrite.RewriteMessage;
import io.m365mail.rewrite.RewriteRules;
import io.m365mail.source.mailbox.ReturnedMail;
import io.m365mail.source.smtp.RecipientCheck;
import io.m365mail.verdict.VerdictTable;
import jakarta.jms.ConnectionFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.camel.Predicate;
import org.apache.camel.main.Main;

/** Makes the beans that the routes name, and binds them. */
final class Beans {
    /** An SMTP client names its priority, if any, in the header: too late to be asked for at RCPT. */
    private static final int ORDINARY_PRIORITY = 4;

    private final BundleConfig config;
    private final Clock clock;
    private final Infrastructure below;
    private final Metrics metrics;
    private final SubmissionIds ids;
    private final KeepLargeBody keeper;
    private final TransportChoice choice;
    private final Dns dns;
    private final Outages outages;
    private final AfterCommit afterCommit = new AfterCommit();
    private final DeliveryCounts counts;
    private final MoveRules rules;
    private final Handovers handovers;

    Beans(BundleConfig config, BundleTiming timing, Infrastructure below, Metrics metrics) {
        this.config = config;
        this.clock = timing.clock();
        this.below = below;
        this.metrics = metrics;
        this.ids = new SubmissionIds(clock);
        this.keeper = new KeepLargeBody(below.bodies(), below.connections().intake(), clock);
        this.choice = new TransportChoice(config.transports(), config.rules());
        this.dns = new Dns(config.dnsServer(), clock);
        this.outages = new Outages(clock);
        this.counts = new CommittedCounts(metrics, afterCommit::then);
        this.rules = new MoveRules(choice, new TransportParts(), clock, ids::next, counts);
        this.handovers = new Handovers(
                config.transports(),
                below.gates(),
                below.externalPark(),
                below.store(),
                below.admin(),
                rules,
                clock,
                below::shareGates);
    }

    void bind(Main main) {
        handovers(main);
        main.bind("clock", clock);
        main.bind("dns", dns);
        var check = new CheckSubmission(below::brokerProblem);
        var enrich = new EnrichMessage(new Enrichment(config.hostname()), ids, clock);
        var choose = new ChooseTransports(
                choice, new Copies(config.transports(), config.flows(), config.domains()::contains), ids);
        ConnectionFactory connections = below.connections().intake();
        var rewrites = new RewriteRules(config.rewrites(), config.domains()::contains);
        var rewrite = new RewriteMessage(rewrites);
        main.bind("rewriteRules", rewrites);
        main.bind("rewriteMessage", new RewriteSubmission(rewrite));
        main.bind("checkSubmission", check);
        main.bind("enrichMessage", enrich);
        main.bind("chooseTransports", choose);
        main.bind("checkBatch", new CheckBatch(rewrite, check, enrich, choose));
        main.bind("onceOnly", new OnceOnly(connections, config.idempotenceWindow(), clock));
        main.bind("whenDue", new WhenDue(below.bodies(), connections, clock));
        main.bind("toTransportQueue", new ToTransportQueue());
        main.bind(
                "externalMailWaits",
                new ExternalMailWaits(below.externalPark(), config.domains()::contains, ids::next));
        main.bind("keepLargeBody", keeper);
        questions(main);
        var events = new IntakeEvents(below.events(connections), clock);
        main.bind("intakeEvents", events);
        main.bind("acceptedEvent", events.acceptance());
        main.bind("acceptedCounts", new AcceptedCounts(metrics::accepted));
        RecipientCheck atTheDoor = (from, to, source) ->
                choice.choose(source, from, to, ORDINARY_PRIORITY).reason();
        main.bind("recipientCheck", atTheDoor);
        main.bind("mailMessages", below.converter());
        main.bind("refusedToDeadLetter", new RefusedToDeadLetter(clock, ids::next, keeper, metrics));
        bounces(main, connections);
        var sources = new SourceBeans(config, below, ids::next, clock);
        config.sources().forEach(s -> sources.bind(main, s));
        config.transports().forEach(t -> transport(main, t));
        main.bind(
                "nextMessages",
                new NextMessages(
                        verdicts(),
                        below.bodies(),
                        new VerdictEvents(below.events(below.connections().transports()), clock),
                        outages,
                        reports(),
                        below.connections().transports()));
    }

    /** What the routes ask of a body. The simple language would look the class up by its name for every message. */
    private static void questions(Main main) {
        main.bind("isBatch", (Predicate) x -> x.getMessage().getBody() instanceof SubmissionBatch);
        main.bind("isDelivery", (Predicate) x -> x.getMessage().getBody() instanceof Delivery);
        main.bind("isDeadLetter", (Predicate) x -> x.getMessage().getBody() instanceof DeadLetter);
    }

    private void bounces(Main main, ConnectionFactory connections) {
        var register = new SentRegister(below.store(), clock);
        var bounces = new TellBounces(register, below.events(connections), clock, metrics::bounced);
        main.bind("sentRegister", register);
        main.bind("returnedMail", new ReturnedMail(bounces, () -> below.sentRegisterIsBehind()));
    }

    private FailureReports reports() {
        TransportConfig carrier = config.transports().stream()
                .filter(t -> t.name().equals(config.ndrTransport()))
                .findFirst()
                .orElse(null);
        return new FailureReports(carrier, config.hostname(), config.domains()::contains, clock, ids::next);
    }

    /** The rules of the routes that carry deliveries from one queue to another. */
    private void handovers(Main main) {
        main.bind("carry", readdress(handovers::carry));
        main.bind("back", readdress(rules::back));
        main.bind("anew", readdress(rules::anew));
    }

    private Readdress readdress(Function<Delivery, List<Object>> rule) {
        return new Readdress(rule, below.bodies(), below.connections().transports());
    }

    Handovers handovers() {
        return handovers;
    }

    AfterCommit afterCommit() {
        return afterCommit;
    }

    Dns dns() {
        return dns;
    }

    Outages outages() {
        return outages;
    }

    private void transport(Main main, TransportConfig t) {
        Gate gate = below.gates().get(t.name());
        main.bind("transport-" + t.name(), t);
        main.bind("gate-" + t.name(), gate);
        main.bind(
                "gated-" + t.name(),
                new PermitFirstContainerFactory(gate, t.limits().connections(), afterCommit));
    }

    private Map<String, ApplyVerdict> verdicts() {
        VerdictTable table = VerdictTable.load();
        RandomGenerator random = new SecureRandom();
        var schedule = new RetrySchedule(config.retry(), random);
        Map<String, ApplyVerdict> verdicts = new LinkedHashMap<>();
        for (TransportConfig t : config.transports()) {
            verdicts.put(
                    t.name(),
                    new ApplyVerdict(
                            t,
                            t.type(),
                            table,
                            below.gates().get(t.name()),
                            below.externalPark(),
                            config.domains()::contains,
                            schedule,
                            clock,
                            ids::next,
                            counts));
        }
        return verdicts;
    }

    ScheduledSubmissions scheduled() {
        ConnectionFactory connections = below.connections().intake();
        var events = new IntakeEvents(below.events(connections), clock);
        return new ScheduledSubmissions(below.admin(), below.bodies(), connections, events, metrics::cancelled);
    }

    DeadLetters deadLetters() {
        return new DeadLetters(
                below.connections().intake(),
                below.converter(),
                below.bodies(),
                clock,
                rules::again,
                metrics::accepted);
    }
}
