package io.m365mail.config;

import io.m365mail.mail.AddressTable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One {@code m365.rewrite.<n>}: what is changed about mail that meets its conditions. Every rule that matches is applied,
 * in the order of the numbers.
 *
 * @param aliases of recipients, or null
 * @param repairs what is mended
 */
public record RewriteRule(
        int number,
        Conditions when,
        Senders senders,
        Fields fields,
        Footer footer,
        AddressTable aliases,
        Set<Repair> repairs) {

    /**
     * All that are not null have to match.
     *
     * @param from patterns of the envelope sender as the submitter named it
     * @param to patterns; one of the recipients has to fit, as they are after aliases
     * @param source name of a source
     * @param networks CIDR; matches SMTP clients only
     */
    public record Conditions(List<String> from, List<String> to, String source, List<String> networks) {}

    /**
     * Null where nothing is to change.
     *
     * @param fallback instead of a sender that is missing or impossible
     * @param forced instead of every sender
     * @param map new addresses for old ones
     */
    public record Senders(String fallback, String forced, AddressTable map, String replyTo) {}

    /**
     * Header fields, by name.
     *
     * @param add where there is none of the name
     * @param set instead of what is there
     * @param remove names, with {@code *} for any run of characters
     * @param subjectPrefix or null
     */
    public record Fields(Map<String, String> add, Map<String, String> set, List<String> remove, String subjectPrefix) {}

    /** Text below the message's; lines end in {@code \n}. @param html what HTML parts get, as it is written there */
    public record Footer(String text, String html) {}

    /** What devices get wrong and Exchange Online refuses. */
    public enum Repair {
        /** A CR or LF that stands alone, in the data of an SMTP client, becomes CRLF (else 550 5.6.11). */
        LINE_ENDS,
        /** Names in From, Sender and Reply-To that need quotes and have none (else 550 5.7.512). */
        NAMES,
        /** Bytes above 127 in Subject and address fields become encoded words (RFC 2047). */
        EIGHT_BIT
    }

    /** Header or body are changed, so that the message has to be looked at. */
    public boolean changesContent() {
        return senders.fallback() != null
                || senders.forced() != null
                || senders.map() != null
                || senders.replyTo() != null
                || !fields.add().isEmpty()
                || !fields.set().isEmpty()
                || !fields.remove().isEmpty()
                || fields.subjectPrefix() != null
                || footer != null
                || repairs.contains(Repair.NAMES)
                || repairs.contains(Repair.EIGHT_BIT);
    }
}
