package io.m365mail.compose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Composes JSON written with single quotes, and looks that nothing is left in the spool. */
abstract class JsonFixture {
    static final String START = "{'from':'Ann <ann@contoso.com>','to':['Bob <bob@contoso.com>'],";

    @TempDir
    Path dir;

    Path spool;
    Path files;
    JsonSubmissions submissions;

    @BeforeEach
    void folders() throws IOException {
        spool = Files.createDirectory(dir.resolve("spool"));
        files = Files.createDirectory(dir.resolve("files"));
        submissions = new JsonSubmissions(files, null, spool, 1_000_000);
    }

    @AfterEach
    void nothingIsLeftInTheSpool() throws IOException {
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }

    static InputStream json(String singleQuoted) {
        return new ByteArrayInputStream(singleQuoted.replace('\'', '"').getBytes(UTF_8));
    }

    Composed one(String json) throws Exception {
        try (Composition c = submissions.compose(json(json))) {
            assertThat(c.messages()).hasSize(1);
            return c.messages().get(0);
        }
    }

    MimeMessage mime(String json) throws Exception {
        return new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(one(json).content().toBytes()));
    }

    List<String> refused(String json) throws Exception {
        return catchThrowableOfType(InvalidSubmissionException.class, () -> submissions.compose(json(json)))
                .mistakes()
                .stream()
                .map(Mistake::toString)
                .toList();
    }

    /** The tree of media types, such as {@code multipart/mixed(text/plain,image/png)}. */
    static String shape(Part part) throws Exception {
        String type = part.getContentType().split(";")[0].toLowerCase();
        if (!(part.getContent() instanceof Multipart m)) {
            return type;
        }
        var parts = new ArrayList<String>();
        for (int i = 0; i < m.getCount(); i++) {
            parts.add(shape(m.getBodyPart(i)));
        }
        return type + "(" + String.join(",", parts) + ")";
    }
}
