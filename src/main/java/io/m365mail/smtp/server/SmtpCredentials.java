package io.m365mail.smtp.server;

/**
 * What a client showed in an AUTH exchange.
 *
 * @param mechanism {@code LOGIN}, {@code PLAIN} or {@code XOAUTH2}
 * @param user the login name
 * @param secret the password or the bearer token
 */
public record SmtpCredentials(String mechanism, String user, String secret) {
    @Override
    public String toString() {
        return mechanism + " as " + user;
    }
}
