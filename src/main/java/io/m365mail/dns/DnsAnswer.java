package io.m365mail.dns;

import java.time.Duration;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * What the DNS says to a question.
 *
 * @param records of the wanted type; empty where there are none
 * @param exists false where the name itself does not exist (NXDOMAIN)
 * @param life how long it may be believed: the shortest time to live, or what RFC 2308 says for "there is none"
 */
record DnsAnswer(List<Record> records, boolean exists, Duration life) {
    /** More is not believed: a changed MX shall be noticed the same day. */
    private static final long LONGEST = Duration.ofHours(12).toSeconds();

    private static final long LONGEST_NONE = Duration.ofMinutes(15).toSeconds();
    private static final int MAX_ALIASES = 8;

    DnsAnswer {
        records = List.copyOf(records);
    }

    /** Reads a message with the code NOERROR or NXDOMAIN; follows aliases inside it (RFC 1034 section 3.6.2). */
    static DnsAnswer of(Message message, Name name, int type, boolean exists) {
        List<Record> all = message.getSection(Section.ANSWER);
        long life = LONGEST;
        Name owner = name;
        for (int i = 0; i <= MAX_ALIASES; i++) {
            Name current = owner;
            List<Record> found = all.stream()
                    .filter(r -> r.getType() == type && r.getName().equals(current))
                    .toList();
            if (!found.isEmpty()) {
                long shortest = found.stream().mapToLong(Record::getTTL).min().orElse(0);
                return new DnsAnswer(found, true, Duration.ofSeconds(Math.min(life, shortest)));
            }
            CNAMERecord alias = all.stream()
                    .filter(r -> r instanceof CNAMERecord && r.getName().equals(current))
                    .map(CNAMERecord.class::cast)
                    .findFirst()
                    .orElse(null);
            if (alias == null) {
                break;
            }
            life = Math.min(life, alias.getTTL());
            owner = alias.getTarget();
        }
        return new DnsAnswer(List.of(), exists, Duration.ofSeconds(Math.min(life, negativeLife(message))));
    }

    private static long negativeLife(Message message) {
        return message.getSection(Section.AUTHORITY).stream()
                .filter(SOARecord.class::isInstance)
                .map(SOARecord.class::cast)
                .mapToLong(soa -> Math.min(soa.getTTL(), soa.getMinimum()))
                .map(seconds -> Math.min(seconds, LONGEST_NONE))
                .findFirst()
                .orElse(0);
    }
}
