package io.m365mail.config;

import java.nio.file.Path;

/**
 * Who logs in at a mailbox that is read.
 *
 * @param mailbox its address
 * @param username the login name, mostly the address
 * @param auth xoauth2 or login
 * @param password for login
 * @param authority where tokens come from, for xoauth2
 * @param scope of the token
 */
public record MailboxLogin(
        String mailbox,
        String username,
        String auth,
        Secret password,
        String tenantId,
        String clientId,
        Secret clientSecret,
        Path clientCertificate,
        Secret clientCertificatePassword,
        String authority,
        String scope) {
    public boolean byToken() {
        return auth.equals("xoauth2");
    }
}
