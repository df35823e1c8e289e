package io.m365mail.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.app.LogOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of patterns that is edited while it is in use, with the clock moved by hand. */
class PatternFileTest {
    @TempDir
    private Path folder;

    private Path path;
    private long seconds = 1_000;

    @BeforeEach
    void path() {
        path = folder.resolve("not-moved-yet.txt");
    }

    /** As an editor does it at this moment. */
    private void write(String text) throws IOException {
        Files.writeString(path, text);
        Files.setLastModifiedTime(path, FileTime.fromMillis(seconds * 1000));
    }

    private PatternFile open() {
        return new PatternFile(path, () -> seconds * 1_000_000_000L, () -> seconds * 1000);
    }

    @Test
    void aChangeIsSeenWithinSeconds() throws Exception {
        write("hugo@contoso.com\n");
        PatternFile file = open();
        assertThat(file.patterns().matches("hugo@contoso.com")).isTrue();
        seconds += 3600;
        write("\ufeff# moved on Monday\n\n  HUGO@contoso.com \r\nida@contoso.com");
        try (LogOf log = new LogOf(PatternFile.class.getName())) {
            seconds += 2;
            assertThat(file.patterns().matches("ida@contoso.com")).isTrue();
            assertThat(file.patterns().matches("hugo@contoso.com")).isTrue();
            assertThat(log.lines()).containsExactly("INFO " + path + ": read again, 2 patterns ");
        }
    }

    @Test
    void itIsLookedAtOnceASecondAndReadOnlyWhenItHasChanged() throws Exception {
        write("hugo@contoso.com\n");
        PatternFile file = open();
        PatternSet first = file.patterns();
        seconds += 10;
        assertThat(file.patterns()).isSameAs(first);
        seconds -= 5;
        write("ida@contoso.com\n");
        seconds += 5;
        assertThat(file.patterns()).as("looked at in this second").isSameAs(first);
        seconds += 1;
        assertThat(file.patterns()).isNotSameAs(first);
    }

    @Test
    void aFileThatIsBeingWrittenIsLeftAlone() throws Exception {
        write("hugo@contoso.com\nida@contoso.com\n");
        PatternFile file = open();
        seconds += 60;
        write("");
        assertThat(file.patterns().size()).isEqualTo(2);
        seconds += 1;
        write("hugo@contoso.com\n");
        assertThat(file.patterns().size()).isEqualTo(2);
        seconds += 1;
        assertThat(file.patterns().size()).isEqualTo(1);
    }

    @Test
    void aFileOfAClockThatGoesAheadIsReadAtTheSecondLook() throws Exception {
        write("hugo@contoso.com\n");
        PatternFile file = open();
        Files.writeString(path, "ida@contoso.com\n");
        Files.setLastModifiedTime(path, FileTime.fromMillis(seconds * 2000));
        seconds += 1;
        assertThat(file.patterns().matches("ida@contoso.com")).isFalse();
        seconds += 1;
        assertThat(file.patterns().matches("ida@contoso.com")).isTrue();
    }

    @Test
    void aBrokenFileKeepsTheOldListAndOneLineSaysLineAndCure() throws Exception {
        write("hugo@contoso.com\n");
        PatternFile file = open();
        write("# list\nida@contoso.com\nHugo Meier <hugo@contoso.com>\n");
        try (LogOf log = new LogOf(PatternFile.class.getName())) {
            for (int i = 0; i < 5; i++) {
                seconds += 2;
                assertThat(file.patterns().matches("hugo@contoso.com")).isTrue();
                assertThat(file.patterns().matches("ida@contoso.com")).isFalse();
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN " + path + ": line 3: 'Hugo Meier <hugo@contoso.com>' is no address pattern")
                    .contains("Give an address, a domain, or a pattern such as *@contoso.com", "1 patterns of before");
        }
        write("ida@contoso.com\n");
        seconds += 2;
        assertThat(file.patterns().matches("ida@contoso.com")).isTrue();
    }

    @Test
    void oneThatIsGoneOrNotUtf8KeepsTheOldListToo() throws Exception {
        write("hugo@contoso.com\n");
        PatternFile file = open();
        try (LogOf log = new LogOf(PatternFile.class.getName())) {
            Files.delete(path);
            for (int i = 0; i < 4; i++) {
                seconds += 1;
                assertThat(file.patterns().matches("hugo@contoso.com")).isTrue();
            }
            Files.write(path, "bj\u00f6rn@contoso.com".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            Files.setLastModifiedTime(path, FileTime.fromMillis(seconds * 1000));
            seconds += 2;
            assertThat(file.patterns().matches("hugo@contoso.com")).isTrue();
            assertThat(log.lines()).hasSize(2).first().asString().contains("the file is gone");
            assertThat(log.lines().get(1)).contains("not UTF-8");
        }
    }

    @Test
    void anEmptyFileMatchesNothingAndIsStillAFile() throws Exception {
        write("# all have moved\n");
        AddressPatterns patterns = AddressPatterns.of(List.of(AddressPatterns.file(path)));
        assertThat(patterns.matches("hugo@contoso.com")).isFalse();
        assertThat(patterns.isEmpty()).as("an empty list allows everybody").isFalse();
    }

    @Test
    void withoutAFileThereIsNoStart() {
        assertThatThrownBy(() -> AddressPatterns.of(List.of("file:" + path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(path.toString(), "the file is gone");
    }
}
