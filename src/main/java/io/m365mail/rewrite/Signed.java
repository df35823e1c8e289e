package io.m365mail.rewrite;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.SenderRewrite;
import java.io.IOException;
import java.util.Optional;

/** Tells messages that must not be altered: S/MIME, PGP (as MIME or within the text) and DKIM. */
public final class Signed {
    private Signed() {}

    /** What is signed or encrypted about the message, in words for a log, or null. */
    public static String by(HeaderBlock header) throws IOException {
        return by(header, LeadingText.find(header, header.body()), header.body());
    }

    static String by(HeaderBlock header, LeadingText.Result text, MailContent body) throws IOException {
        Optional<String> ofHeader = SenderRewrite.signature(header);
        if (ofHeader.isPresent() || text.signature() != null) {
            return ofHeader.orElse(text.signature());
        }
        for (TextPart part : text.parts()) {
            if (TransferEncoding.hasPgp(part, body)) {
                return "PGP in the text";
            }
        }
        return null;
    }
}
