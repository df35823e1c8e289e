package io.m365mail.demo;

import io.m365mail.terminal.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Prints the demo's lines, each at once; what happens stands with the seconds since the start and with what it concerns. */
final class Story {
    private static final int WIDTH = 110;
    private static final String INDENT = " ".repeat(19);

    private final PrintWriter out;
    private final Instant start = Instant.now();

    Story(PrintWriter out) {
        this.out = out;
    }

    interface Part {
        void print(PrintWriter out) throws IOException;
    }

    void chapter(String title) {
        plain("");
        plain(title);
    }

    /**
     * Something that happened now.
     *
     * @param about a source, a transport, or nothing
     */
    void tell(String about, String sentence) {
        line(String.format(Locale.ROOT, "%5.1f s  %-8s  %s", seconds(Instant.now()), about, sentence));
    }

    /** Belongs to what was told last. */
    void detail(String line) {
        line(INDENT + line);
    }

    /** @param line may hold what came from a message or a server */
    void plain(String line) {
        out.println(Text.clean(line));
        out.flush();
    }

    void show(Part part) throws IOException {
        part.print(out);
        out.flush();
    }

    /** Seconds between the start and then. */
    double seconds(Instant then) {
        return Duration.between(start, then).toMillis() / 1e3;
    }

    private void line(String text) {
        plain(Text.shorten(text, WIDTH));
    }
}
