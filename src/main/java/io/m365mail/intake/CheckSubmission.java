package io.m365mail.intake;

import io.m365mail.broker.BrokerProblem;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The first check of the intake: is there room, is the envelope one that can be sent? Recipients that are named twice are
 * kept once. Everything that is wrong with an envelope is said at once.
 */
public final class CheckSubmission implements Processor {
    /** The exchange property with the submission as it came, should it be refused and become a dead letter. */
    public static final String SUBMISSION = "M365Submission";

    private static final int SHOWN_MISTAKES = 5;

    private final Supplier<BrokerProblem> broker;

    /** @param broker why it can take nothing now, or null */
    public CheckSubmission(Supplier<BrokerProblem> broker) {
        this.broker = broker;
    }

    /** The body is a {@link Submission}, before and after. */
    @Override
    public void process(Exchange exchange) throws RefusedMessageException {
        var submission = (Submission) exchange.getMessage().getBody();
        exchange.getMessage().setBody(check(submission));
    }

    /**
     * @throws RefusedMessageException 452 while there is no room, 550 or 501 for an envelope that cannot be sent
     */
    public Submission check(Submission submission) throws RefusedMessageException {
        BrokerProblem problem = broker.get();
        if (problem != null) {
            throw new RefusedMessageException(452, "4.3.1", problem.told());
        }
        String from = submission.envelope().from();
        if (!from.isEmpty() && !Addresses.isValid(from)) {
            throw new RefusedMessageException(
                    501, "5.1.7", "The sender " + shown(from) + " is not an address: " + Addresses.problem(from));
        }
        List<Recipient> recipients = distinct(submission.envelope().recipients());
        if (recipients.isEmpty()) {
            throw new RefusedMessageException(
                    550, "5.1.3", "The message has no recipient: name at least one in the envelope");
        }
        if (submission.content().size() == 0) {
            throw new RefusedMessageException(550, "5.6.0", "The message is empty: neither header nor body");
        }
        return recipients.size() == submission.envelope().recipients().size()
                ? submission
                : submission.withEnvelope(submission.envelope().withRecipients(recipients));
    }

    private static List<Recipient> distinct(List<Recipient> all) throws RefusedMessageException {
        Set<String> seen = new HashSet<>();
        List<Recipient> kept = new ArrayList<>(all.size());
        List<String> mistakes = new ArrayList<>();
        for (Recipient r : all) {
            String problem = Addresses.problem(r.address());
            if (problem != null) {
                mistakes.add(shown(r.address()) + " (" + problem + ")");
            } else if (seen.add(key(r.address()))) {
                kept.add(r);
            }
        }
        if (!mistakes.isEmpty()) {
            String rest =
                    mistakes.size() > SHOWN_MISTAKES ? " and " + (mistakes.size() - SHOWN_MISTAKES) + " more" : "";
            throw new RefusedMessageException(
                    501,
                    "5.1.3",
                    "Not an address: "
                            + String.join(", ", mistakes.subList(0, Math.min(SHOWN_MISTAKES, mistakes.size())))
                            + rest);
        }
        return kept;
    }

    /** Two recipients are the same when local parts are equal and domains are, apart from case (RFC 5321 2.4). */
    private static String key(String address) {
        int at = address.lastIndexOf('@');
        return address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT);
    }

    private static String shown(String address) {
        String clean = address.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 80 ? clean : clean.substring(0, 77) + "...";
    }
}
