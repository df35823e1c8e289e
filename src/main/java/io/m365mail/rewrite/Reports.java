package io.m365mail.rewrite;

import io.m365mail.mail.HeaderBlock;
import java.util.Locale;

/** Tells bounces and automatic answers, which keep their null sender: two senders could answer each other for ever. */
public final class Reports {
    private Reports() {}

    /** A report (RFC 6522), or an answer that no person wrote (RFC 3834). */
    public static boolean is(HeaderBlock header) {
        return TextPart.mediaType(header).equals("multipart/report")
                || header.first("Auto-Submitted")
                        .map(f -> f.unfolded().toLowerCase(Locale.ROOT).startsWith("auto-replied"))
                        .orElse(false);
    }
}
