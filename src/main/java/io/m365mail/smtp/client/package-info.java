/**
 * Delivery over reused connections: an SMTP client that keeps what a mail relay must know and general mail libraries
 * throw away: the reply of each stage and recipient, whether the connection broke before or after the final dot, and
 * the exact bytes.
 *
 * <p>{@link io.m365mail.smtp.client.SmtpTransport} is what callers use. It borrows an
 * {@link io.m365mail.smtp.client.SmtpConnection} from the {@link io.m365mail.smtp.client.SmtpConnectionPool}; the pool
 * has it opened by the {@link io.m365mail.smtp.client.SmtpConnector} (TCP, TLS, EHLO, AUTH); a {@code Transaction} makes
 * MAIL, RCPT and DATA of one message.
 *
 * <p>What a failing phase means to the caller: up to and including the reply to DATA nothing was handed over. While the
 * content is written the server cannot have taken the message. Once the final dot is on its way and no reply came, it
 * may have: the result is marked uncertain. Failures that no server reply describes are worded in
 * {@link io.m365mail.smtp.client.OwnReplies}, with the codes that the verdict table relies on.
 */
package io.m365mail.smtp.client;
