package io.m365mail.smtp.server;

import io.m365mail.mail.Addresses;
import io.m365mail.smtp.Reply;

/** Whether an address may stand in an envelope. */
public final class PathCheck {
    private PathCheck() {}

    /**
     * The refusal of an address, or null.
     *
     * @param mayBeNull the empty address is one (the reverse path)
     * @param smtpUtf8 the client asked for SMTPUTF8 (RFC 6531)
     * @param enhancedCode of the refusal: {@code 5.1.7} for senders, {@code 5.1.3} for recipients
     */
    public static Reply refusal(String address, boolean mayBeNull, boolean smtpUtf8, String enhancedCode) {
        if (address.isEmpty() && mayBeNull) {
            return null;
        }
        String problem = Addresses.problem(address);
        if (problem != null) {
            return Reply.of(501, enhancedCode + " Invalid address: " + problem);
        }
        return smtpUtf8 || Addresses.isAscii(address)
                ? null
                : Reply.of(553, "5.6.7 A non-ASCII address needs SMTPUTF8 with MAIL FROM");
    }
}
