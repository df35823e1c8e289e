package io.m365mail.source.mailbox;

/**
 * A message that is put aside.
 *
 * @param what it is, for people: sender and subject, free of control characters
 * @param why one sentence
 */
public record NotTaken(String what, String why) {}
