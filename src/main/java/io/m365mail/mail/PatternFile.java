package io.m365mail.mail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Address patterns in a file, one a line, which an administrator may edit while the bundle runs. Whoever asks looks, once
 * a second at most, whether time or size of the file has changed, and reads it then; there is no thread. A file that was
 * written within the last second is left for the next look, since it may be half written. One that is gone or broken
 * changes nothing: the patterns that were read before stay, and one line in the log says what to do.
 */
public final class PatternFile {
    /** A list of ten thousands of addresses is a few hundred KiB. */
    public static final int MAX_BYTES = 8 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PatternFile.class);
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final long SETTLED_MILLIS = 1_000;
    private static final Stamp GONE = new Stamp(0, -1);

    private final Path path;
    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private final AtomicLong nextLook;
    private volatile PatternSet patterns;
    private Stamp read;
    private Stamp seen;

    private record Stamp(long time, long size) {}

    /** A line that is no pattern; the message names line and pattern, {@link #cure} says what to write. */
    public static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(int line, String pattern, String problem) {
            super("line " + line + ": " + AddressPatterns.notOne(pattern, problem), null, false, false);
        }

        public String cure() {
            return AddressPatterns.CURE;
        }
    }

    /**
     * @param wallMillis the time by which the file system dates files
     * @throws IllegalArgumentException where it cannot be read now; the configuration has just been checked, so it hardly is
     */
    PatternFile(Path path, LongSupplier nanoTime, LongSupplier wallMillis) {
        this.path = path;
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
        this.nextLook = new AtomicLong(nanoTime.getAsLong() + LOOK_NANOS);
        this.read = stamp();
        try {
            this.patterns = new PatternSet(parse(text()));
        } catch (IOException | BadLineException e) {
            throw new IllegalArgumentException(path + ": " + why(e), e);
        }
    }

    /** What the file says, or said when it was right. */
    PatternSet patterns() {
        long due = nextLook.get();
        long now = nanoTime.getAsLong();
        // One of those who ask looks, the others go on.
        if (now - due >= 0 && nextLook.compareAndSet(due, now + LOOK_NANOS)) {
            look();
        }
        return patterns;
    }

    private synchronized void look() {
        Stamp now = stamp();
        if (now.equals(read)) {
            return;
        }
        boolean settled = !now.equals(GONE) && wallMillis.getAsLong() - now.time() >= SETTLED_MILLIS;
        if (!settled && !now.equals(seen)) {
            seen = now;
            return;
        }
        read = now;
        try {
            patterns = new PatternSet(parse(text()));
            LOG.info("{}: read again, {} patterns", path, patterns.size());
        } catch (IOException | BadLineException e) {
            LOG.warn(
                    "{}: {}. Correct it: it is read again when it changes; until then the {} patterns of before stay in use",
                    path,
                    why(e),
                    patterns.size());
        }
    }

    private Stamp stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size());
        } catch (IOException e) {
            return GONE;
        }
    }

    private String text() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is longer than " + (MAX_BYTES >> 20) + " MiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private static String why(Exception e) {
        if (e instanceof BadLineException bad) {
            return bad.getMessage() + ". " + bad.cure();
        }
        if (e instanceof NoSuchFileException) {
            return "the file is gone";
        }
        return e instanceof CharacterCodingException ? "the file is not UTF-8" : "it cannot be read: " + e.getMessage();
    }

    /** The patterns of a text; empty lines and lines that start with {@code #} do not count. */
    public static List<String> parse(String text) throws BadLineException {
        List<String> patterns = new ArrayList<>();
        int number = 0;
        // Some editors put a byte order mark in front.
        for (String line :
                (text.startsWith("\ufeff") ? text.substring(1) : text).lines().toList()) {
            number++;
            String pattern = line.strip();
            if (!pattern.isEmpty() && !pattern.startsWith("#")) {
                String problem = AddressPatterns.problem(pattern);
                if (problem != null) {
                    throw new BadLineException(number, pattern, problem);
                }
                patterns.add(pattern);
            }
        }
        return patterns;
    }
}
