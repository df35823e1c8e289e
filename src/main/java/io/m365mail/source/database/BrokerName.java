package io.m365mail.source.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A short name for the broker that submissions lie in: it tells apart the instances that poll one table. */
public final class BrokerName {
    private static final int LENGTH = 12;

    private BrokerName() {}

    /**
     * Made up once and kept beside the journal, so that it goes where the journal goes.
     *
     * @param folder of the broker; exists
     */
    public static String ofEmbedded(Path folder) throws IOException {
        Path file = folder.resolve("name");
        if (!Files.exists(file)) {
            Path fresh = Files.createTempFile(folder, "name", null);
            Files.writeString(fresh, UUID.randomUUID().toString().substring(24));
            Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
        String name = Files.readString(file).strip();
        if (!name.matches("[a-z0-9]{" + LENGTH + "}")) {
            throw new IOException(file + " does not hold the broker's name: remove it when no row of an outbox is being"
                    + " submitted");
        }
        return name;
    }

    /** All the instances that share a broker share the name. */
    public static String ofExternal(String url) {
        return UUID.nameUUIDFromBytes(url.replaceAll("\\?.*", "").getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(24);
    }
}
