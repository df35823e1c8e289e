package io.m365mail.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Finds where in HTML something may be put below all that is shown. */
final class HtmlEnd {
    private HtmlEnd() {}

    /** The index of the last {@code </body}, else of the last {@code </html}, else the end. */
    static int in(byte[] html) {
        String text = new String(html, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int at = text.lastIndexOf("</body");
        at = at < 0 ? text.lastIndexOf("</html") : at;
        return at < 0 ? html.length : at;
    }
}
