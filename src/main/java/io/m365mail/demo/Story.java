package io.m365mail.demo;

import io.m365mail.terminal.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints the demo's lines, each at once and with the seconds since the start. */
final class Story {
    private final PrintWriter out;
    private final long start = System.nanoTime();

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

    /** Something that happened now. */
    void tell(String sentence) {
        double seconds = (System.nanoTime() - start) / 1e9;
        plain(String.format(Locale.ROOT, "%5.1f s  %s", seconds, sentence));
    }

    /** Belongs to what was told last. */
    void detail(String line) {
        plain("           " + line);
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
}
