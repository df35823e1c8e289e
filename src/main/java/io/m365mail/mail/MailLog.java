package io.m365mail.mail;

import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mail log: one line at INFO when a message is accepted, when a server has taken it, and when a client is refused. It
 * answers "what became of the mail from A to B"; what is put off or dead is told by whoever decides it, with the same
 * words for recipients. The logger is {@code m365.mail}, so that it can be turned off alone.
 *
 * <p>Addresses and what a client says come without control characters, and so many at most that a line stays a line.
 */
public final class MailLog {
    private static final Logger LOG = LoggerFactory.getLogger("m365.mail");
    private static final Pattern STEERING = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\x80-\\x9f]");
    private static final int MAX_NAMED = 20;
    private static final int MAX_SAID = 400;

    private MailLog() {}

    /**
     * @param queued what was queued for one submission, copies included
     * @param receivedFrom as in its trace header, or null where it is not known
     */
    public static void accepted(List<? extends Queued> queued, String receivedFrom) {
        if (!LOG.isInfoEnabled() || queued.isEmpty()) {
            return;
        }
        Queued first = queued.get(0);
        List<Recipient> to = queued.stream()
                .filter(q -> !(q instanceof Delivery d && d.copy()))
                .flatMap(q -> q.envelope().recipients().stream())
                .toList();
        LOG.info(
                "{}: accepted by {}{}: <{}> to {}, {} bytes{}{}",
                first.submissionId(),
                first.source(),
                receivedFrom == null ? "" : " from " + clean(receivedFrom),
                clean(first.envelope().from()),
                named(to),
                first.content().size(),
                first.submitterId() == null ? "" : ", its id there is " + clean(first.submitterId()),
                first instanceof Scheduled s ? ", due " + s.sendAt() : "");
    }

    /** @param reply of the server at {@code server} that took it for these recipients */
    public static void delivered(Delivery delivery, List<Recipient> to, String server, String reply) {
        if (LOG.isInfoEnabled()) {
            LOG.info(
                    "{}: delivered by {}{} to {}, by {}: {}",
                    delivery.submissionId(),
                    delivery.transport(),
                    delivery.copy() ? " (a copy or a report)" : "",
                    named(to),
                    server,
                    clean(reply));
        }
    }

    /**
     * @param hello the name that the client gave, or null
     * @param from the sender it named last, or null
     * @param command what was refused, without secrets
     */
    public static void refused(
            String source, String hello, InetAddress client, String from, String command, String reply) {
        if (LOG.isInfoEnabled()) {
            LOG.info(
                    "{}: {} [{}] is refused at {}{}: {}",
                    source,
                    hello == null ? "a client" : clean(hello),
                    client.getHostAddress(),
                    clean(command),
                    from == null ? "" : " from <" + clean(from) + ">",
                    clean(reply));
        }
    }

    /** {@code <a@contoso.com>, <b@contoso.com>}, the first twenty by name. */
    public static String named(List<Recipient> recipients) {
        String names = recipients.stream()
                .limit(MAX_NAMED)
                .map(r -> "<" + clean(r.address()) + ">")
                .collect(Collectors.joining(", "));
        return recipients.size() <= MAX_NAMED ? names : names + " and " + (recipients.size() - MAX_NAMED) + " more";
    }

    private static String clean(String text) {
        String line = STEERING.matcher(text).replaceAll(" ");
        return line.length() <= MAX_SAID ? line : line.substring(0, MAX_SAID) + "…";
    }
}
