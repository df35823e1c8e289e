package io.m365mail.smtp.client;

import io.m365mail.mail.Addresses;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.net.IDN;

/**
 * The command lines of one transaction, with the parameters that the server offers, and what cannot be said to it at
 * all. Values come from submitters: what could break out of its place in a line is refused (addresses) or left out
 * (DSN parameters).
 */
final class Commands {
    private final Envelope envelope;
    private final Capabilities offered;
    private final String server;
    private boolean utf8;

    Commands(Envelope envelope, Capabilities offered, String server) {
        this.envelope = envelope;
        this.offered = offered;
        this.server = server;
    }

    /** Settles the recipients that this server cannot be given, and finds out whether SMTPUTF8 is needed. */
    void refuseUnsendable(ContentTraits traits, Results results) {
        Reply forAll = refusal(traits);
        if (forAll != null) {
            results.settleRest(Stage.MAIL, forAll, false, false);
            return;
        }
        boolean mayUtf8 = offered.offers("SMTPUTF8");
        utf8 = mayUtf8 && (envelope.smtpUtf8() || !Addresses.isAscii(path(envelope.from())));
        for (int i = 0; i < results.size(); i++) {
            String address = envelope.recipients().get(i).address();
            String problem = Addresses.problem(address);
            boolean ascii = Addresses.isAscii(path(address));
            if (problem != null) {
                results.settle(i, Stage.RCPT, OwnReplies.badRecipient(problem), false, false);
            } else if (!ascii && !mayUtf8) {
                Reply reply = OwnReplies.noUtf8(server, "the recipient's address");
                results.settle(i, Stage.RCPT, reply, false, false);
            }
            utf8 |= !ascii && mayUtf8;
        }
    }

    private Reply refusal(ContentTraits traits) {
        String from = envelope.from();
        String problem = from.isEmpty() ? null : Addresses.problem(from);
        if (problem != null) {
            return OwnReplies.badSender(problem);
        }
        if (!offered.offers("SMTPUTF8")) {
            if (!Addresses.isAscii(path(from))) {
                return OwnReplies.noUtf8(server, "the sender's address");
            }
            if (envelope.smtpUtf8() && traits.eightBitHeader()) {
                return OwnReplies.noUtf8(server, "the message's header");
            }
        }
        return traits.bareLineEnd() && !offered.offers("CHUNKING") ? OwnReplies.bareLineEnds(server) : null;
    }

    /**
     * BDAT where DATA could not carry the exact bytes and the server takes it. Lines that are too long go by DATA where
     * it does not: servers take them.
     */
    boolean chunked(ContentTraits traits) {
        return offered.offers("CHUNKING") && (traits.needsBinary() || !traits.endsWithCrlf());
    }

    String mail(ContentTraits traits) {
        var line =
                new StringBuilder("MAIL FROM:<").append(path(envelope.from())).append('>');
        if (offered.offers("SIZE")) {
            line.append(" SIZE=").append(traits.size());
        }
        if (traits.needsBinary() && chunked(traits) && offered.offers("BINARYMIME")) {
            line.append(" BODY=BINARYMIME");
        } else if ((traits.eightBit() || envelope.eightBit()) && offered.offers("8BITMIME")) {
            line.append(" BODY=8BITMIME");
        }
        if (utf8) {
            line.append(" SMTPUTF8");
        }
        if (offered.offers("DSN")) {
            append(line, "RET", envelope.ret());
            append(line, "ENVID", envelope.envid());
        }
        return line.toString();
    }

    String rcpt(int index) {
        Recipient recipient = envelope.recipients().get(index);
        var line =
                new StringBuilder("RCPT TO:<").append(path(recipient.address())).append('>');
        if (offered.offers("DSN")) {
            append(line, "NOTIFY", recipient.dsn());
            append(line, "ORCPT", recipient.orcpt());
        }
        return line.toString();
    }

    /** Only what may stand in an ESMTP value (RFC 5321 section 4.1.2: no control, blank, or equals sign). */
    private static void append(StringBuilder line, String name, String value) {
        if (value != null && !value.isEmpty() && value.chars().allMatch(c -> c > 32 && c < 127 && c != '=')) {
            line.append(' ').append(name).append('=').append(value);
        }
    }

    /** To a server without SMTPUTF8 a domain can still be said in its ASCII form (RFC 5891), a local part cannot. */
    private String path(String address) {
        int at = address.lastIndexOf('@');
        if (at < 0 || Addresses.isAscii(address) || offered.offers("SMTPUTF8")) {
            return address;
        }
        try {
            return address.substring(0, at + 1) + IDN.toASCII(address.substring(at + 1));
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
