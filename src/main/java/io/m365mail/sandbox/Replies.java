package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import java.util.List;
import java.util.Map;

/** Exchange Online's words, as Microsoft's pages and public transcripts give them. */
final class Replies {
    static final Reply STARTTLS_FIRST = line("451 5.7.3 STARTTLS is required to send mail");
    static final Reply AUTH_FIRST = line("530 5.7.57 Client not authenticated to send mail.");
    static final Reply AUTH_OK = line("235 2.7.0 Authentication successful");
    static final Reply AUTH_UNKNOWN_TYPE = line("504 5.7.4 Unrecognized authentication type");
    static final Reply AUTH_FAILED = line("535 5.7.3 Authentication unsuccessful");
    static final Reply WRONG_PASSWORD =
            line("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.");
    static final Reply INVALID_HELLO = line("501 5.5.4 Invalid domain name");
    static final Reply SENDER_OK = line("250 2.1.0 Sender OK");
    static final Reply RECIPIENT_OK = line("250 2.1.5 Recipient OK");
    static final Reply TOO_MANY_RECIPIENTS = line("452 4.5.3 Too many recipients");
    static final Reply START_INPUT = line("354 Start mail input; end with <CRLF>.<CRLF>");
    static final Reply TOO_LARGE = line("552 5.3.4 Message size exceeds fixed maximum message size");
    static final Reply HEADER_TOO_LARGE = line("552 5.3.4 Header size exceeds fixed maximum size");
    static final Reply NO_FROM =
            line("550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant and include a valid"
                    + " From address");
    static final Reply SEVERAL_FROM = line("550 5.1.20 Multiple From addresses are not allowed without Sender address");
    static final Reply BLOCKED = line("550 5.1.8 Access denied, bad outbound sender. AS(42004)");
    static final Reply MAILBOX_FULL =
            line("554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException"
                    + ".MapiExceptionShutoffQuotaExceeded; Failed to process message due to a permanent exception");
    static final Reply CONCURRENT =
            line("432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more"
                    + " information.");
    static final Reply QUOTA_EXCEEDED =
            line("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message"
                    + " due to a permanent exception");
    static final Reply RATE_EXCEEDED =
            line("421 4.4.2 Message submission rate for this client has exceeded the configured limit");
    static final Reply TENANT_EXTERNAL_EXCEEDED =
            line("550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for sending"
                    + " email to external recipients (tenant external recipient rate limit)");
    static final Reply CLIENT_PERMISSIONS =
            line("550 5.7.60 SMTP; Client does not have permissions to send as this sender");
    static final Reply HIGH_VOLUME_SENDER =
            line("550 5.7.62 Client does not have permissions to send as this envelope sender");
    static final Reply HIGH_VOLUME_FROM =
            line("550 5.6.241 The From header does not match the High Volume Email account");
    /** No transcript shows the words; the code is the one for a policy. */
    static final Reply INTERNAL_ONLY =
            line("550 5.7.1 High Volume Email delivers to recipients in the organization only");

    static final Reply FAULT_NOT_UNDERSTOOD =
            line("501 5.1.3 The sandbox does not understand this fault address; the grammar is in docs/sandbox.md");

    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("432 4.3.2", "STOREDRV.Deliver; recipient thread limit exceeded"),
            Map.entry("421 4.3.2", "Service not active"),
            Map.entry("421 4.4.2", "Connection dropped due to SocketError"),
            Map.entry("451 4.7.0", "Temporary server error. Please try again later. PRX4"),
            Map.entry("451 4.7.500", "Server busy. Please try again later from [127.0.0.1]. (S77714)"),
            Map.entry(
                    "451 4.4.4",
                    "Mail received as unauthenticated, incoming to a recipient domain configured in a"
                            + " hosted tenant which has no mail-enabled subscriptions. ATTR5"),
            Map.entry("452 4.5.3", "Too many recipients"),
            Map.entry("550 5.1.1", "User unknown"),
            Map.entry("550 5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
            Map.entry("550 5.4.1", "Recipient address rejected: Access denied."),
            Map.entry("550 5.7.64", "TenantAttribution; Relay Access Denied SMTP"),
            Map.entry(
                    "550 5.7.68",
                    "TenantInboundAttribution; Direct Send not allowed for this organization from"
                            + " unauthorized sources"),
            Map.entry("554 5.4.14", "Routing loop detected"));

    private Replies() {}

    /** A reply from its line, such as {@code 421 4.3.2 Service not active}. */
    static Reply line(String line) {
        if (!line.matches("[2-5]\\d\\d(?: .*)?")) {
            throw new IllegalArgumentException(
                    "not a reply: '" + line + "'; give a code and a text such as '421 4.3.2 Service not active'");
        }
        return Reply.parse(List.of(line));
    }

    /** Code and enhanced code with the text that usually stands beside them. */
    static Reply coded(int code, String enhanced) {
        String known = enhanced == null ? null : TEXTS.get(code + " " + enhanced);
        String text = known != null ? known : code < 500 ? "Temporary failure (sandbox)" : "Refused (sandbox)";
        return new Reply(code, enhanced, text);
    }

    static Reply sendAsDenied(String mailbox, String sender) {
        return line("554 5.2.252 SendAsDenied; " + mailbox + " not allowed to send as " + sender
                + "; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process"
                + " message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message.");
    }
}
