package io.m365mail.sandbox;

import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What Exchange Online does with a message that it took and cannot deliver: some time later a report (RFC 3464) comes to
 * the sender's mailbox, in the form of its own ones. Recipients whose local part is {@code bounce}, or begins with
 * {@code bounce.} or {@code bounce+}, are such; the null sender is told nothing.
 */
final class LateBounces {
    private static final String STATUS = "5.1.10";

    private final SandboxInbox inbox;
    private final Duration after;
    private final Delays delays;

    LateBounces(SandboxInbox inbox, Duration after, Delays delays) {
        this.inbox = inbox;
        this.after = after;
        this.delays = delays;
    }

    /** @param header of the message, as it was taken */
    void taken(ReceivedMessage message, String header) {
        List<String> lost =
                message.recipients().stream().filter(LateBounces::bounces).toList();
        if (lost.isEmpty() || !inbox.has(message.from())) {
            return;
        }
        byte[] report = report(message, lost, header);
        delays.after(after).thenRun(() -> deliver(message.from(), report));
    }

    private void deliver(String sender, byte[] report) {
        try {
            inbox.deliver(sender, MailContent.of(report));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean bounces(String address) {
        return address.toLowerCase(Locale.ROOT).matches("bounce([.+].*)?@.*");
    }

    private static byte[] report(ReceivedMessage message, List<String> lost, String header) {
        String boundary = "_" + ServerNames.newMessageId().replaceAll("[^A-Za-z0-9]", "") + "_";
        var fields = new StringBuilder("Reporting-MTA: dns;" + ServerNames.BACK_END + "\r\n");
        for (String to : lost) {
            fields.append("\r\nFinal-Recipient: rfc822;").append(to);
            fields.append("\r\nAction: failed\r\nStatus: ").append(STATUS);
            fields.append("\r\nDiagnostic-Code: smtp;550 " + STATUS
                    + " RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\r\n");
        }
        String text = "From: <postmaster@contoso.com>\r\nTo: <" + message.from() + ">\r\nSubject: Undeliverable\r\n"
                + "Message-ID: " + ServerNames.newMessageId() + "\r\n"
                + (message.messageId() == null ? "" : "In-Reply-To: " + message.messageId() + "\r\n")
                + "Auto-Submitted: auto-replied\r\nX-MS-Exchange-Message-Is-Ndr:\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" + boundary
                + "\"\r\n\r\n"
                + "--" + boundary + "\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\n\r\n"
                + "Delivery has failed to these recipients or groups: " + String.join(", ", lost) + "\r\n"
                + "--" + boundary + "\r\nContent-Type: message/delivery-status\r\n\r\n" + fields + "\r\n"
                + "--" + boundary + "\r\nContent-Type: message/rfc822\r\n\r\n" + header
                + "(the sandbox returns the header only)\r\n--" + boundary + "--\r\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
