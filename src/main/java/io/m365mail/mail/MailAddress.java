package io.m365mail.mail;

/**
 * An address of a header field.
 *
 * @param display the name shown to people, decoded, or null
 * @param address as written, without angle brackets, comments and source route; not checked: ask {@link Addresses}.
 *     Empty for {@code <>}
 */
public record MailAddress(String display, String address) {}
