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
import java.nio.file.attribute.FileTime;
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
 * How a folder source takes a file: a rename into {@code .claimed} is the claim (of several instances only one succeeds),
 * a rename into {@code done} says that the message is accepted, one into {@code failed} that it never can be, and one
 * back into the folder that it is to be tried again. A file is therefore always in exactly one place. What a crash left
 * in {@code .claimed} is put back at start, with its times and its number in the file system, by which the intake knows
 * one that was accepted just then ({@link FileIdentity}). A file in {@code done} gets the time of its acceptance, so that
 * one that a person moves back is sent again. Files in sub-folders keep them on the way.
 */
public final class ClaimByRename implements GenericFileProcessStrategy<File> {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimByRename.class);
    private static final String ORIGINAL = "M365PickupFile";

    /** After a failure that is not the file's fault no file is claimed for so long: the broker is away, or full. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

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
        try (Stream<Path> left = Files.walk(claimed)) {
            for (Path p : left.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
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
            Path mine = claimed.resolve(folder.relativize(original));
            Files.createDirectories(mine.getParent());
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
        if (vanished(mine)) {
            return;
        }
        var refused = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RefusedMessageException.class);
        if (refused == null) {
            Files.setLastModifiedTime(move(mine, done), FileTime.from(clock.instant()));
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
        if (vanished(mine)) {
            return;
        }
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

    /** Somebody has removed it from {@code .claimed}: there is nothing to move, and no reason to pause. */
    private boolean vanished(Path mine) {
        if (Files.exists(mine, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        LOG.warn("folder {}: {} vanished while it was being read", folder, mine.getFileName());
        return true;
    }

    /** Moves a claimed file without ever replacing one: a name that is taken gets a number. */
    private Path move(Path file, Path into) throws IOException {
        Path there = into.resolve(claimed.relativize(file));
        Files.createDirectories(there.getParent());
        String name = there.getFileName().toString();
        for (int i = 0; ; i++) {
            Path target = i == 0 ? there : there.resolveSibling(numbered(name, i));
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
