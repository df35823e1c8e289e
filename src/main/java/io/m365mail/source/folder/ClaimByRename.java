package io.m365mail.source.folder;

import io.m365mail.mail.RefusedMessageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a folder source takes a file: one that has not changed for a second is whole; a rename into {@code .claimed} is the claim (of several instances only one succeeds),
 * a rename into {@code done} says that the message is accepted, one into {@code failed} that it never can be, and one
 * back into the folder that it is to be tried again. A file is therefore always in exactly one place. What a crash left
 * in {@code .claimed} is put back at start; a message that was accepted just then comes twice rather than never.
 */
public final class ClaimByRename implements GenericFileProcessStrategy<File> {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimByRename.class);
    private static final String ORIGINAL = "M365PickupFile";

    /** After a failure that is not the file's fault no file is claimed for so long: the broker is away, or full. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** A file that was changed less long ago is still being written. By the system's clock, as the file's own time. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final Clock clock;
    private volatile Instant pausedUntil = Instant.MIN;
    private final Path folder;
    private final Path claimed;
    private final Path done;
    private final Path failed;

    public ClaimByRename(Path folder, Clock clock) {
        this.clock = clock;
        this.folder = folder;
        this.claimed = folder.resolve(".claimed");
        this.done = folder.resolve("done");
        this.failed = folder.resolve("failed");
    }

    @Override
    public void prepareOnStartup(GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint)
            throws Exception {
        for (Path p : new Path[] {folder, claimed, done, failed}) {
            Files.createDirectories(p);
        }
        try (Stream<Path> left = Files.list(claimed)) {
            for (Path p : left.toList()) {
                LOG.info(
                        "folder {}: {} was being read when the last run ended; reading it again",
                        folder,
                        p.getFileName());
                move(p, folder);
            }
        }
    }

    @Override
    public boolean begin(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        Path original = file.getFile().toPath();
        if (clock.instant().isBefore(pausedUntil) || !Files.isRegularFile(original, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            if (Files.getLastModifiedTime(original).toInstant().plus(QUIET).isAfter(Instant.now())) {
                return false;
            }
            Path mine = claimed.resolve(original.getFileName());
            Files.move(original, mine, StandardCopyOption.ATOMIC_MOVE);
            exchange.setProperty(ORIGINAL, mine);
            exchange.getIn().setBody(mine.toFile());
            return true;
        } catch (NoSuchFileException e) {
            // Another instance was first, or the writer took the file back.
            return false;
        } catch (IOException e) {
            LOG.warn("folder {}: {} cannot be claimed: {}", folder, original.getFileName(), e.toString());
            return false;
        }
    }

    @Override
    public void abort(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file)
            throws Exception {
        // Nothing was claimed.
    }

    @Override
    public void commit(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file)
            throws Exception {
        Path mine = exchange.getProperty(ORIGINAL, Path.class);
        var refused = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RefusedMessageException.class);
        if (refused == null) {
            move(mine, done);
            return;
        }
        Path there = move(mine, failed);
        Files.writeString(
                there.resolveSibling(there.getFileName() + ".reason.txt"),
                refused.code() + " " + refused.enhanced() + " " + refused.getMessage() + System.lineSeparator());
    }

    @Override
    public void rollback(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file)
            throws Exception {
        Path mine = exchange.getProperty(ORIGINAL, Path.class);
        Exception why = exchange.getException();
        move(mine, folder);
        boolean first = !clock.instant().isBefore(pausedUntil);
        pausedUntil = clock.instant().plus(PAUSE);
        if (first) {
            LOG.warn(
                    "folder {}: not accepted now, files stay and are tried again in {} s: {}",
                    folder,
                    PAUSE.toSeconds(),
                    why == null ? "stopping" : why.getMessage());
        }
    }

    /** Moves without ever replacing a file: a name that is taken gets a number. */
    private static Path move(Path file, Path into) throws IOException {
        String name = file.getFileName().toString();
        for (int i = 0; ; i++) {
            Path target = into.resolve(i == 0 ? name : numbered(name, i));
            try {
                if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                    return Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (AtomicMoveNotSupportedException e) {
                throw new IOException(into + " must lie on the same file system as its folder source", e);
            }
        }
    }

    private static String numbered(String name, int i) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name + "-" + i : name.substring(0, dot) + "-" + i + name.substring(dot);
    }
}
