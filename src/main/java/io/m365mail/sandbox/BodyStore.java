package io.m365mail.sandbox;

import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the bytes of received messages: in memory up to a total, then in files where a folder is given, else not at
 * all. The files are removed with {@link #clear}.
 */
final class BodyStore {
    private final long memory;
    private final Path folder;
    private final List<Path> files = new ArrayList<>();
    private long used;

    /** @param memory bytes in all; @param folder null to keep no more than that */
    BodyStore(long memory, Path folder) {
        this.memory = memory;
        this.folder = folder;
    }

    Optional<MailContent> keep(MailContent content) throws IOException {
        if (reserve(content.size())) {
            return Optional.of(MailContent.of(content.toBytes()));
        }
        if (folder == null) {
            return Optional.empty();
        }
        Files.createDirectories(folder);
        Path file = Files.createTempFile(folder, "message-", ".eml");
        synchronized (this) {
            files.add(file);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            content.writeTo(out);
        }
        return Optional.of(MailContent.of(file));
    }

    private synchronized boolean reserve(long size) {
        if (used + size > memory) {
            return false;
        }
        used += size;
        return true;
    }

    synchronized void clear() throws IOException {
        used = 0;
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        files.clear();
    }
}
