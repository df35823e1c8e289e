package io.m365mail.mail;

/**
 * A message that is not taken: too large a header, a loop, a wrong envelope, no transport, no room (4xx: later). It holds the SMTP reply's parts, so that
 * an SMTP source can answer with them and the others can write them beside the file or row. The text is free of control
 * characters.
 */
public final class RefusedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String enhanced;

    public RefusedMessageException(int code, String enhanced, String text) {
        super(text);
        this.code = code;
        this.enhanced = enhanced;
    }

    /** SMTP reply code, 400 to 599: a {@code 4xx} may be tried again. */
    public int code() {
        return code;
    }

    /** Enhanced status code (RFC 3463). */
    public String enhanced() {
        return enhanced;
    }

    /** True where the same message would be refused again. */
    public boolean isPermanent() {
        return code >= 500;
    }
}
