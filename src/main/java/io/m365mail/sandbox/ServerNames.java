package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The machine names, session ids and times that Exchange Online puts into its replies, for instance the bracket block
 * {@code [HOST 2024-07-14T14:44:43.083Z 08DCA36F759CD546]} at the end. A client must not depend on them, so they are
 * there and differ each time.
 */
final class ServerNames {
    static final String FRONT_END = "BE1P281CA0440.outlook.office365.com";
    static final String BACK_END = "FR3P281MB1599.DEUP281.PROD.OUTLOOK.COM";
    private static final DateTimeFormatter BANNER_DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.US).withZone(ZoneOffset.UTC);

    private ServerNames() {}

    static Reply banner(Instant now) {
        return new Reply(
                220,
                null,
                FRONT_END + " Microsoft ESMTP MAIL Service ready at " + BANNER_DATE.format(now) + " [" + id() + "]");
    }

    /** The reply with the bracket block of host, time and session. */
    static Reply withTail(Reply reply, Instant now) {
        return withText(reply, "[" + FRONT_END + " " + now.truncatedTo(ChronoUnit.MILLIS) + " " + id() + "]");
    }

    /** The reply with the bracket block of the store's host. */
    static Reply withHostname(Reply reply) {
        return withText(reply, "[Hostname=" + BACK_END + "]");
    }

    static Reply accepted(String messageId) {
        return withHostname(new Reply(250, "2.0.0", "OK " + messageId));
    }

    static String newMessageId() {
        return "<" + id() + id() + "@" + BACK_END + ">";
    }

    private static Reply withText(Reply reply, String more) {
        return new Reply(reply.code(), reply.enhanced(), reply.text() + " " + more);
    }

    private static String id() {
        return String.format(
                Locale.ROOT, "08DD%012X", ThreadLocalRandom.current().nextLong(1L << 48));
    }
}
