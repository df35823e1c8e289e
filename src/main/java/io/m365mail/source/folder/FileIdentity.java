package io.m365mail.source.folder;

import io.m365mail.intake.OnceOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The key by which a file that is read again after a crash is known: its name, content, time of last change and, where
 * the file system numbers its files, that number. Two files that a device writes under the same name with the same
 * content differ in one of the last two, so they stay two submissions.
 */
public final class FileIdentity {
    private FileIdentity() {}

    /** @return for {@link OnceOnly} */
    public static String key(String source, Path file) throws IOException {
        return String.join(
                "\n",
                "file",
                source,
                file.getFileName().toString(),
                String.valueOf(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()),
                number(file),
                hash(file));
    }

    private static String number(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("unix")
                ? String.valueOf(Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS))
                : "";
    }

    private static String hash(Path file) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
