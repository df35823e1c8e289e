package io.m365mail.smtp.client;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a server makes of the data it received, written from the RFC without a look at our writer. */
final class Unstuffing {
    private Unstuffing() {}

    /** @param data up to and including the lone dot; the CRLF before it belongs to the content */
    static byte[] of(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        if (!text.endsWith(".\r\n")) {
            throw new IllegalArgumentException("no lone dot at the end");
        }
        String lines = text.substring(0, text.length() - 3);
        if (!lines.isEmpty() && !lines.endsWith("\r\n")) {
            throw new IllegalArgumentException("the last dot does not stand alone");
        }
        String[] all = lines.split(Pattern.quote("\r\n"), -1);
        for (int i = 0; i < all.length; i++) {
            if (all[i].equals(".")) {
                throw new IllegalArgumentException("a lone dot in the middle");
            }
            all[i] = all[i].startsWith(".") ? all[i].substring(1) : all[i];
        }
        return String.join("\r\n", all).getBytes(StandardCharsets.ISO_8859_1);
    }
}
