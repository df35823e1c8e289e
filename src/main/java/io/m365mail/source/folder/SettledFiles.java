package io.m365mail.source.folder;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a file to the source only when its writer has finished: when size and time of last change have stayed the same
 * for {@code settle}, as we saw it ourselves (the clock of a file server may be wrong). A file that looks cut off (a PDF,
 * JPEG or PNG without its end, or an empty one) has to stay so for ten times as long: a scanner may pause between pages.
 * Temporary and hidden names are never shown, nor are links, nor our own folders.
 */
public final class SettledFiles implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger(SettledFiles.class);
    private static final Pattern TEMPORARY =
            Pattern.compile("[.~].*|.*~|.*\\.(?:tmp|temp|part|partial|filepart|crdownload)", Pattern.DOTALL);
    private static final Set<String> OURS = Set.of("done", "failed");
    private static final Set<String> DECORATION = Set.of("thumbs.db", "desktop.ini", "ehthumbs.db");
    private static final int MORE_PATIENCE = 10;

    private final long settleNanos;
    private final Pattern names;
    private final LongSupplier nanoTime;
    private final Map<Path, Seen> seen = new HashMap<>();
    private long lastSweep;

    private record Seen(long size, long changed, Object number, long since, long last, boolean cutOff) {}

    /**
     * @param settle how long a file must stay as it is
     * @param names of files, in small letters
     */
    public SettledFiles(Duration settle, Pattern names, LongSupplier nanoTime) {
        this.settleNanos = settle.toNanos();
        this.names = names;
        this.nanoTime = nanoTime;
        this.lastSweep = nanoTime.getAsLong();
    }

    @Override
    public boolean accept(GenericFile<File> file) {
        return accept(file.getFile().toPath());
    }

    synchronized boolean accept(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (TEMPORARY.matcher(name).matches() || DECORATION.contains(name)) {
            return false;
        }
        try {
            var now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (now.isDirectory()) {
                return !OURS.contains(name);
            }
            if (!now.isRegularFile()) {
                return notTaken(file);
            }
            return names.matcher(name).matches() && settled(file, now);
        } catch (IOException e) {
            // It vanished between the listing and now: its writer renames it.
            return false;
        }
    }

    private boolean settled(Path file, BasicFileAttributes now) throws IOException {
        long time = nanoTime.getAsLong();
        sweep(time);
        Seen before = seen.get(file);
        long changed = now.lastModifiedTime().toMillis();
        boolean same = before != null
                && before.size == now.size()
                && before.changed == changed
                && java.util.Objects.equals(before.number, now.fileKey());
        long since = same ? before.since : time;
        boolean cutOff = same ? before.cutOff : FileKind.looksCutOff(file, now.size());
        seen.put(file, new Seen(now.size(), changed, now.fileKey(), since, time, cutOff));
        return same && time - since >= (cutOff ? MORE_PATIENCE * settleNanos : settleNanos);
    }

    private boolean notTaken(Path file) {
        long time = nanoTime.getAsLong();
        if (seen.put(file, new Seen(0, 0, null, time, time, false)) == null) {
            LOG.warn("{} is a link or no file; it is not taken", file);
        }
        return false;
    }

    /** Files that were not listed for a while are gone. */
    private void sweep(long time) {
        long forgotten = Math.max(Duration.ofMinutes(10).toNanos(), 2 * settleNanos);
        if (time - lastSweep > forgotten) {
            lastSweep = time;
            seen.values().removeIf(s -> time - s.last > forgotten);
        }
    }
}
