package io.m365mail.smtp.server;

import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import java.util.concurrent.CompletionStage;

/**
 * The decisions of one connection. Each method answers with the reply to send, now or later; the server sends replies in
 * the order of the commands and reads no further command of the connection while one is open (commands that arrived by
 * PIPELINING wait). A {@code 421} reply closes the connection after it is sent. A stage that fails becomes
 * {@code 451 4.3.0}, logged once.
 */
public interface SmtpConversation {
    /** The greeting: {@code 220 …}, or a {@code 4xx}/{@code 5xx} after which the connection is closed. */
    CompletionStage<Reply> greet();

    /** EHLO or HELO; a positive reply's text is the first line, the server adds the extensions. */
    CompletionStage<Reply> hello(String name);

    /** A whole AUTH exchange. The password or token must show up nowhere. {@code 235} logs the user in. */
    CompletionStage<Reply> auth(SmtpCredentials credentials);

    CompletionStage<Reply> mail(MailCommand command);

    CompletionStage<Reply> rcpt(Recipient recipient);

    /** DATA or the first BDAT, with at least one recipient accepted: {@code 354} (also for BDAT) or a refusal. */
    CompletionStage<Reply> data();

    /**
     * The message is whole. The content is valid until the returned stage completes; the server then removes what it
     * spooled.
     */
    CompletionStage<Reply> message(MailContent content);

    /** RSET, EHLO, or the end of a transaction: forget sender and recipients. */
    void reset();

    /**
     * True where the conversation itself checks addresses ({@link PathCheck}): MAIL and RCPT then come with whatever the
     * client wrote, free of control characters. Asked once, at the start.
     */
    default boolean checksAddresses() {
        return false;
    }

    /**
     * Asked when DATA begins: true mends a CR or LF that stands alone in the data (it becomes CRLF) instead of refusing
     * the message. The end of data is CRLF.CRLF in either case.
     */
    default boolean repairsLineEnds() {
        return false;
    }

    /** There were such line ends in the message that is about to be handed over. */
    default void lineEndsRepaired() {}

    /** A line of the client's came and is about to be looked at: it has read our last reply. */
    default void command() {}

    /** The connection is gone, once, in whatever state it was. */
    void closed();

    /**
     * A negative reply goes out, whoever decided it.
     *
     * @param command what it answers, without anything that may be secret
     */
    default void refused(String command, Reply reply) {}

    /**
     * MAIL FROM with its parameters.
     *
     * @param from the reverse path without angle brackets; empty for the null sender
     * @param size the value of {@code SIZE=}, or -1
     * @param eightBit {@code BODY=8BITMIME} or {@code BODY=BINARYMIME}
     * @param smtpUtf8 {@code SMTPUTF8}
     * @param ret the value of {@code RET=}, or null
     * @param envid the value of {@code ENVID=}, or null
     */
    record MailCommand(String from, long size, boolean eightBit, boolean smtpUtf8, String ret, String envid) {}
}
