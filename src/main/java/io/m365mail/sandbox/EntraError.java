package io.m365mail.sandbox;

/**
 * An error answer of the token endpoint, with the number and the words of Microsoft Entra
 * (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
 */
final class EntraError extends Exception {
    private final int status;
    private final String error;
    private final int number;

    /**
     * @param status of HTTP
     * @param error of OAuth 2.0 (RFC 6749 section 5.2)
     * @param number of {@code AADSTS…}; 0 for none
     */
    EntraError(int status, String error, int number, String text) {
        super(number == 0 ? text : "AADSTS" + number + ": " + text);
        this.status = status;
        this.error = error;
        this.number = number;
    }

    int status() {
        return status;
    }

    String error() {
        return error;
    }

    int number() {
        return number;
    }

    /** Such as {@code AADSTS7000215}; the OAuth error where there is no number. */
    String code() {
        return number == 0 ? error : "AADSTS" + number;
    }

    static EntraError missing(String parameter) {
        return new EntraError(
                400,
                "invalid_request",
                900144,
                "The request body must contain the following parameter: '" + parameter + "'.");
    }

    static EntraError assertion(String why) {
        return new EntraError(
                401,
                "invalid_client",
                700027,
                "The certificate with identifier used to sign the client assertion is not registered on application,"
                        + " or the signature is invalid. [Reason - " + why + "]");
    }
}
