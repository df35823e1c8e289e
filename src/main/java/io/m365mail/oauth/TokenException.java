package io.m365mail.oauth;

/**
 * No token. The message says what the authority answered, with its AADSTS code, and what to do; it holds neither the
 * secret nor the token.
 */
public final class TokenException extends Exception {
    private final String code;
    private final boolean configuration;

    /**
     * @param code such as {@code AADSTS7000222}, or an OAuth error such as {@code invalid_client}, or null
     * @param configuration true where waiting does not cure it
     */
    public TokenException(String message, String code, boolean configuration) {
        super(message);
        this.code = code;
        this.configuration = configuration;
    }

    public String code() {
        return code;
    }

    /** True where somebody must change the configuration or the app's registration; false where it may pass. */
    public boolean configuration() {
        return configuration;
    }
}
