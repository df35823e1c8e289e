package io.m365mail.config;

import io.m365mail.mail.Addresses;
import java.util.List;

/**
 * Which senders and recipients a kind of transport can carry at all. Asked when a transport is chosen, and again right
 * before sending, since a delivery may have waited through a change of the configuration or been moved. Sources:
 * Microsoft, "How to set up a multifunction device or application to send email", "Updated requirements for SMTP relay".
 */
public final class TransportRules {
    private TransportRules() {}

    /**
     * Why a transport cannot carry a sender, with the cure; null where it can.
     *
     * @param from the envelope sender, empty for the null sender
     */
    public static String senderProblem(TransportConfig transport, String from) {
        if (!(transport instanceof TransportConfig.Relay relay)) {
            return null;
        }
        if (from.isEmpty()) {
            return relay.keyStore() != null
                    ? null
                    : "transport " + relay.name() + " (relay) carries the null sender only with a client certificate:"
                            + " set m365.transport." + relay.name() + ".key-store";
        }
        return isInternal(relay.domains(), from)
                ? null
                : "transport " + relay.name() + " (relay) sends for addresses in m365.domains only, and <" + from
                        + "> is in none of them: add its domain to m365.domains if it is an accepted domain of the"
                        + " tenant";
    }

    /** Why a transport cannot carry a recipient, with what would; null where it can. */
    public static String recipientProblem(TransportConfig transport, String to) {
        if (transport instanceof TransportConfig.DirectSend direct && !isInternal(direct.domains(), to)) {
            return "<" + to + "> is outside m365.domains, and transport " + direct.name()
                    + " (direct-send) reaches recipients of the tenant only: a transport of type relay or smtp-auth"
                    + " would carry it";
        }
        if (transport instanceof TransportConfig.SmtpAuth mailbox
                && mailbox.highVolume()
                && !isInternal(mailbox.domains(), to)) {
            return "<" + to + "> is outside m365.domains, and transport " + mailbox.name()
                    + " (smtp-auth, preset=hve) reaches recipients of the tenant only: a transport of type relay, or"
                    + " smtp-auth with preset=mailbox, would carry it";
        }
        return null;
    }

    /** Whether an address is in one of the tenant's accepted domains. */
    public static boolean isInternal(List<String> domains, String address) {
        return domains.contains(Addresses.domain(address));
    }
}
