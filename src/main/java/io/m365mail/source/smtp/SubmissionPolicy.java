package io.m365mail.source.smtp;

import io.m365mail.config.SourceConfig;
import io.m365mail.mail.AddressPatterns;
import io.m365mail.rewrite.Matching;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.ClientNetworks;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import java.util.function.LongSupplier;

/**
 * Who may submit what through a source: clients of its networks and logged-in users, for the senders and recipients of
 * its patterns, so many messages a minute. Each answer is null for yes, or the reply that says why not and which setting
 * decides it. It is never an open relay: what no setting allows is refused.
 */
final class SubmissionPolicy {
    private final SourceConfig.Smtp config;
    private final ClientNetworks networks;
    private final Logins logins;
    private final AddressPatterns senders;
    private final AddressPatterns recipients;
    private final RecipientCheck recipientCheck;
    private final SubmissionRate rate;

    /** @param recipientCheck what no transport can carry; null where nothing is asked */
    SubmissionPolicy(SourceConfig.Smtp config, RecipientCheck recipientCheck, LongSupplier nanoTime) {
        this.config = config;
        this.networks = new ClientNetworks(config.networks());
        this.logins = new Logins(config.users());
        this.senders = AddressPatterns.of(config.senders());
        this.recipients = AddressPatterns.of(config.recipients());
        this.recipientCheck = config.refuse().equals("rcpt") ? recipientCheck : null;
        this.rate = new SubmissionRate(config.rate(), nanoTime);
    }

    boolean login(SmtpCredentials credentials) {
        return logins.match(credentials);
    }

    /**
     * @param from as the client said it
     * @param after the rules: an address that a rule names is the administrator's choice and needs no permission; one
     *     that still has a part of what the client said does
     */
    Reply sender(SmtpPeer peer, String from, Matching.Result after) {
        if (peer.user() == null && !networks.contains(peer.remote())) {
            return stranger(peer);
        }
        if (!senders.isEmpty() && !allowed(senders, from, after)) {
            return notFor(from);
        }
        return tooFast(rate.secondsToWait(client(peer)));
    }

    /**
     * For a report, whose null sender no rule replaces: null for yes, or the refusal that MAIL was spared because a rule
     * has another sender for all else.
     */
    Reply reportSender(String from) {
        return from.isEmpty() && !senders.isEmpty() && !senders.matches(from) ? notFor(from) : null;
    }

    private Reply notFor(String from) {
        return refused("<" + from + "> may not send through source " + config.name()
                + "; use another sender or ask the administrator to add it to m365.source." + config.name()
                + ".senders");
    }

    /**
     * @param from the sender after the rules
     * @param to as the client said it
     * @param after the rules
     */
    Reply recipient(SmtpPeer peer, String from, String to, Matching.Result after) {
        if (!recipients.isEmpty() && !allowed(recipients, to, after)) {
            return refused("mail to <" + to + "> is not taken by source " + config.name()
                    + "; ask the administrator to add it to m365.source." + config.name() + ".recipients");
        }
        if ((peer.user() == null || !recipients.isEmpty()) && !after.byRule()) {
            for (String address : after.addresses()) {
                if (routes(address)) {
                    return Reply.of(
                            553,
                            "5.1.3 <" + address + "> has a %, ! or quoted @ before its domain, by which some servers"
                                    + " send mail on to elsewhere; name the recipient's own address, or ask the"
                                    + " administrator for an alias (m365.rewrite.<n>.aliases)");
                }
            }
        }
        for (String address : after.addresses()) {
            String problem = recipientCheck == null ? null : recipientCheck.problem(from, address, config.name());
            if (problem != null) {
                return refused(problem);
            }
        }
        return null;
    }

    /**
     * Source routing within the local part ("percent hack", bang path): a server that takes it for such a route, and mail
     * from this relay without a login, would carry to anywhere what looks like mail to an allowed domain.
     */
    private static boolean routes(String address) {
        return address.substring(0, address.lastIndexOf('@')).chars().anyMatch(c -> c == '%' || c == '!' || c == '@');
    }

    private static boolean allowed(AddressPatterns patterns, String said, Matching.Result after) {
        return patterns.matches(said)
                || after.byRule()
                || after.addresses().stream().allMatch(patterns::matches);
    }

    /** Counts the message that is about to come. */
    Reply message(SmtpPeer peer) {
        return tooFast(rate.tryAcquire(client(peer)));
    }

    private Reply stranger(SmtpPeer peer) {
        String address = peer.remote().getAddress().getHostAddress();
        String login = logins.areEmpty() ? "" : "authenticate or ";
        return refused(address + " is not in the networks of source " + config.name() + "; " + login
                + "ask the administrator to add it");
    }

    private Reply tooFast(long seconds) {
        return seconds == 0
                ? null
                : Reply.of(
                        450,
                        "4.7.1 More than " + config.rate() + " messages a minute from this client (m365.source."
                                + config.name() + ".rate); try again in " + seconds + " seconds");
    }

    private static String client(SmtpPeer peer) {
        return peer.user() == null ? peer.remote().getAddress().getHostAddress() : "user " + peer.user();
    }

    private static Reply refused(String why) {
        return Reply.of(550, "5.7.1 " + why);
    }
}
