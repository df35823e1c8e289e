package io.m365mail.compose;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads the attachments that a submission names by {@code path}: regular files below one folder and nowhere else,
 * neither by {@code ..} nor by an absolute path nor by a link that leads out. What was checked is what is opened: the
 * real path, whose last part may not have become a link in between.
 */
final class AttachmentFolder {
    private final Path folder;

    AttachmentFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Copies the file into the spool.
     *
     * @param at the mistake's path
     */
    Blob read(String path, String at, Spool spool) throws IOException, InvalidSubmissionException {
        Path real = resolve(path, at);
        Spool.Writer out = spool.writer();
        try (out;
                InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            in.transferTo(out);
        } catch (Spool.FullException e) {
            throw new InvalidSubmissionException(at, e.getMessage());
        }
        return out.blob();
    }

    private Path resolve(String path, String at) throws IOException, InvalidSubmissionException {
        try {
            Path relative = Path.of(path);
            boolean climbs = relative.isAbsolute();
            for (Path part : relative) {
                climbs |= part.toString().equals("..");
            }
            Path root = folder.toRealPath();
            Path real = climbs ? null : root.resolve(relative).toRealPath();
            if (real == null || !real.startsWith(root) || real.equals(root)) {
                throw new InvalidSubmissionException(at, "must be a file below the source's folder, without ..");
            }
            if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidSubmissionException(at, "is not a regular file");
            }
            return real;
        } catch (InvalidPathException | NoSuchFileException e) {
            throw new InvalidSubmissionException(
                    at, "there is no such file in the source's folder: put it there before the JSON");
        }
    }
}
