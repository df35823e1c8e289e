package io.m365mail.app;

import io.m365mail.compose.FileMail;
import io.m365mail.compose.JsonSubmissions;
import io.m365mail.compose.Templates;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import io.m365mail.event.IntakeEvents;
import io.m365mail.source.database.ApplyOutcome;
import io.m365mail.source.database.DatabaseWatch;
import io.m365mail.source.database.MarkRow;
import io.m365mail.source.database.OutboxDatabase;
import io.m365mail.source.database.RowStates;
import io.m365mail.source.database.TakeRow;
import io.m365mail.source.folder.ClaimByRename;
import io.m365mail.source.folder.ReadPickupFile;
import io.m365mail.source.folder.ReadScannedFile;
import io.m365mail.source.folder.SettledFiles;
import io.m365mail.source.jms.ReadJmsSubmission;
import io.m365mail.source.json.ReadJson;
import io.m365mail.source.mailbox.MailboxAccess;
import io.m365mail.source.mailbox.MailboxWatch;
import io.m365mail.source.mailbox.PutAside;
import io.m365mail.source.mailbox.ReadMailboxMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.main.Main;

/** Makes the beans that the routes of the sources name, each under the name of its source, and binds them. */
final class SourceBeans {
    private static final Pattern PICKUP_NAMES = Pattern.compile(".+\\.(?:eml|json)", Pattern.DOTALL);
    private static final Pattern ANY_NAME = Pattern.compile(".+", Pattern.DOTALL);
    /** Of the attachments of a JSON submission together: what Exchange Online carries at most. */
    private static final long MAX_ATTACHMENTS = 150L << 20;

    private final BundleConfig config;
    private final Infrastructure below;
    private final Supplier<String> ids;
    private final Clock clock;

    /** @param ids makes the ids of submissions */
    SourceBeans(BundleConfig config, Infrastructure below, Supplier<String> ids, Clock clock) {
        this.config = config;
        this.below = below;
        this.ids = ids;
        this.clock = clock;
    }

    void bind(Main main, SourceConfig s) {
        main.bind("source-" + s.name(), s);
        if (s instanceof SourceConfig.Folder folder) {
            files(main, s.name(), folder.path(), folder.settle(), PICKUP_NAMES);
            main.bind("read-" + s.name(), new ReadPickupFile(s.name(), json(s.name(), folder.path()), clock));
        } else if (s instanceof SourceConfig.Scan scan) {
            files(main, s.name(), scan.path(), scan.settle(), ANY_NAME);
            var mail = new FileMail(templates(), scan.template(), below.spool());
            main.bind("read-" + s.name(), new ReadScannedFile(scan, mail, clock, ZoneId.systemDefault()));
        } else if (s instanceof SourceConfig.Jms) {
            main.bind("read-" + s.name(), new ReadJmsSubmission(s.name(), below.spool(), json(s.name(), null), clock));
        } else if (s instanceof SourceConfig.Database) {
            OutboxDatabase outbox = below.outbox(s.name());
            var states = new RowStates(outbox, below.store());
            var events = new IntakeEvents(below.events(below.connections().intake()), clock);
            main.bind("outbox-" + s.name(), outbox.dataSource());
            main.bind("polling-" + s.name(), outbox.polling());
            main.bind("watch-" + s.name(), new DatabaseWatch(outbox));
            main.bind("take-" + s.name(), new TakeRow(outbox, below.spool(), ids, clock));
            main.bind("mark-" + s.name(), new MarkRow(s.name(), states, events));
            main.bind("outcome-" + s.name(), new ApplyOutcome(outbox, states));
        } else if (s instanceof SourceConfig.Mailbox mailbox) {
            var access = new MailboxAccess(mailbox, clock);
            main.bind("mailbox-" + s.name(), access);
            main.bind("watch-" + s.name(), new MailboxWatch(mailbox, access));
            main.bind("read-" + s.name(), new ReadMailboxMessage(mailbox, below.spool(), clock));
            main.bind("aside-" + s.name(), new PutAside(mailbox));
        }
    }

    private void files(Main main, String name, Path path, Duration settle, Pattern names) {
        main.bind("claim-" + name, new ClaimByRename(path, clock));
        main.bind("settled-" + name, new SettledFiles(settle, names, System::nanoTime));
    }

    private ReadJson json(String source, Path attachments) {
        return new ReadJson(source, new JsonSubmissions(attachments, templates(), below.spool(), MAX_ATTACHMENTS));
    }

    private Templates templates() {
        try {
            return config.templates() == null ? null : new Templates(config.templates());
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of m365.templates cannot be read: " + e.getMessage(), e);
        }
    }
}
