package io.m365mail.source.mailbox;

import jakarta.mail.Message;

/**
 * A message of the mailbox that is being looked at; nothing of it has been fetched yet.
 *
 * @param uid the server's name for it
 */
public record MailboxMail(Message message, String uid) {}
