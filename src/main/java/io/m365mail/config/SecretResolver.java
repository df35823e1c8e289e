package io.m365mail.config;

/**
 * Resolves the placeholders of one scheme, {@code {{scheme:name}}}: a vault, say. Found by {@link
 * java.util.ServiceLoader}. {@code env} and {@code file} are built in.
 */
public interface SecretResolver {
    /** What stands before the colon, such as {@code vault}. */
    String scheme();

    /**
     * The value behind a name.
     *
     * @throws Exception whose message says why it cannot be had, without the secret
     */
    String resolve(String name) throws Exception;
}
