package io.m365mail.app;

import io.m365mail.broker.jms.PermitFirstContainerFactory;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.dead.DeadLetters;
import io.m365mail.dead.RefusedToDeadLetter;
import io.m365mail.delivery.ApplyVerdict;
import io.m365mail.delivery.NextMessages;
import io.m365mail.delivery.RetrySchedule;
import io.m365mail.delivery.ToTransportQueue;
import io.m365mail.event.IntakeEvents;
import io.m365mail.event.VerdictEvents;
import io.m365mail.intake.CheckSubmission;
import io.m365mail.intake.ChooseTransports;
import io.m365mail.intake.EnrichMessage;
import io.m365mail.intake.KeepLargeBody;
import io.m365mail.intake.OnlyOnce;
import io.m365mail.intake.SubmissionIds;
import io.m365mail.intake.TransportChoice;
import io.m365mail.limit.Gate;
import io.m365mail.mail.Enrichment;
import io.m365mail.management.Metrics;
import io.m365mail.source.database.ApplyOutcome;
import io.m365mail.source.database.DatabaseWatch;
import io.m365mail.source.database.MarkRow;
import io.m365mail.source.database.OutboxDatabase;
import io.m365mail.source.database.RowStates;
import io.m365mail.source.database.TakeRow;
import io.m365mail.source.folder.ClaimByRename;
import io.m365mail.source.folder.ReadPickupFile;
import io.m365mail.source.jms.ReadJmsSubmission;
import io.m365mail.source.smtp.RecipientCheck;
import io.m365mail.verdict.VerdictTable;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
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

    Beans(BundleConfig config, BundleTiming timing, Infrastructure below, Metrics metrics) {
        this.config = config;
        this.clock = timing.clock();
        this.below = below;
        this.metrics = metrics;
        this.ids = new SubmissionIds(clock);
        this.keeper = new KeepLargeBody(below.bodies(), below.connections().intake(), clock);
        this.choice = new TransportChoice(config.transports(), config.rules());
    }

    void bind(Main main) {
        main.bind("clock", clock);
        main.bind("checkSubmission", new CheckSubmission(below::diskFull));
        main.bind("enrichMessage", new EnrichMessage(new Enrichment(config.hostname()), ids));
        main.bind("chooseTransports", new ChooseTransports(choice, ids));
        main.bind("toTransportQueue", new ToTransportQueue());
        main.bind("keepLargeBody", keeper);
        main.bind("onlyOnce", new OnlyOnce(below.connections().intake()));
        main.bind(
                "intakeEvents",
                new IntakeEvents(below.events(below.connections().intake()), clock));
        main.bind("acceptedCounts", metrics);
        RecipientCheck atTheDoor = (from, to, source) ->
                choice.choose(source, from, to, ORDINARY_PRIORITY).reason();
        main.bind("recipientCheck", atTheDoor);
        main.bind("mailMessages", below.converter());
        main.bind("refusedToDeadLetter", new RefusedToDeadLetter(clock, ids::next, keeper));
        config.sources().forEach(s -> source(main, s));
        config.transports().forEach(t -> transport(main, t));
        main.bind(
                "nextMessages",
                new NextMessages(
                        verdicts(),
                        below.bodies(),
                        new VerdictEvents(below.events(below.connections().transports()), clock),
                        below.connections().transports()));
    }

    private void source(Main main, SourceConfig s) {
        main.bind("source-" + s.name(), s);
        if (s instanceof SourceConfig.Folder folder) {
            main.bind("claim-" + s.name(), new ClaimByRename(folder.path(), clock));
            main.bind("read-" + s.name(), new ReadPickupFile(s.name(), clock));
        } else if (s instanceof SourceConfig.Jms) {
            main.bind("read-" + s.name(), new ReadJmsSubmission(s.name(), below.spool(), clock));
        } else if (s instanceof SourceConfig.Database) {
            OutboxDatabase outbox = below.outbox(s.name());
            var states = new RowStates(outbox, below.store());
            main.bind("outbox-" + s.name(), outbox.dataSource());
            main.bind("polling-" + s.name(), outbox.polling());
            main.bind("watch-" + s.name(), new DatabaseWatch(outbox));
            main.bind("take-" + s.name(), new TakeRow(outbox, below.spool(), ids::next, clock));
            main.bind("mark-" + s.name(), new MarkRow(s.name(), states));
            main.bind("outcome-" + s.name(), new ApplyOutcome(outbox, states));
        }
    }

    private void transport(Main main, TransportConfig t) {
        Gate gate = below.gates().get(t.name());
        main.bind("transport-" + t.name(), t);
        main.bind("gate-" + t.name(), gate);
        main.bind(
                "gated-" + t.name(),
                new PermitFirstContainerFactory(gate, t.limits().connections()));
    }

    private Map<String, ApplyVerdict> verdicts() {
        VerdictTable table = VerdictTable.load();
        RandomGenerator random = new SecureRandom();
        var schedule = new RetrySchedule(config.retry(), random);
        Map<String, ApplyVerdict> verdicts = new LinkedHashMap<>();
        for (TransportConfig t : config.transports()) {
            verdicts.put(
                    t.name(),
                    new ApplyVerdict(t, table, below.gates().get(t.name()), schedule, clock, ids::next, metrics));
        }
        return verdicts;
    }

    DeadLetters deadLetters() {
        var transports = config.transports().stream().map(TransportConfig::name).toList();
        return new DeadLetters(
                below.connections().intake(),
                below.converter(),
                below.bodies(),
                clock,
                transports::contains,
                metrics::accepted);
    }
}
