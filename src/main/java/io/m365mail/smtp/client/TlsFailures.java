package io.m365mail.smtp.client;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;

/**
 * Says in one sentence why a handshake failed and what to do. The JDK tells most of it only in the text and the types of
 * nested exceptions; what is not recognised is passed on in its words.
 */
final class TlsFailures {
    private TlsFailures() {}

    /** Whether the certificate is at fault, which waiting does not cure, or something else. */
    enum Kind {
        CERTIFICATE,
        HANDSHAKE
    }

    record Explanation(Kind kind, String sentence) {}

    static Explanation explain(Throwable failure, String host, boolean ownTrustStore) {
        for (Throwable t = failure; t != null; t = t.getCause() == t ? null : t.getCause()) {
            String sentence = certificate(t, host, ownTrustStore);
            if (sentence != null) {
                return new Explanation(Kind.CERTIFICATE, sentence);
            }
        }
        return new Explanation(Kind.HANDSHAKE, handshake(failure));
    }

    private static String certificate(Throwable t, String host, boolean ownTrustStore) {
        if (t instanceof CertificateExpiredException
                || t instanceof CertPathValidatorException e && e.getReason() == BasicReason.EXPIRED) {
            return "its certificate has expired; renew it, or check this machine's clock";
        }
        if (t instanceof CertificateNotYetValidException
                || t instanceof CertPathValidatorException e && e.getReason() == BasicReason.NOT_YET_VALID) {
            return "its certificate is not valid yet; check this machine's clock";
        }
        String message = t.getMessage() == null ? "" : t.getMessage();
        if (t instanceof CertificateException
                && (message.contains("No subject alternative") || message.startsWith("No name matching"))) {
            return "its certificate is for another name than " + host
                    + "; set host to a name that stands in the certificate";
        }
        if (message.contains("unable to find valid certification path") || t instanceof CertPathValidatorException) {
            return "its certificate is not trusted (no path to a certificate in "
                    + (ownTrustStore ? "the trust-store" : "the JDK's store")
                    + "); put its issuer into a file and set trust-store to it";
        }
        return null;
    }

    private static String handshake(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("protocol_version")
                || lower.contains("no appropriate protocol")
                || lower.contains("not accepted by client preferences")
                || lower.contains("not enabled or not supported")) {
            return "it does not speak TLS 1.2 or 1.3 (" + message
                    + "); upgrade the server, older versions are not safe";
        }
        if (lower.contains("unsupported or unrecognized ssl message")) {
            return "it answered the handshake with something that is not TLS; use tls=require (STARTTLS) unless the port"
                    + " speaks TLS from the first byte";
        }
        if (lower.contains("handshake_failure")) {
            return "it refused the handshake: no cipher in common, or it wants a client certificate (" + message + ")";
        }
        return "the handshake failed: " + message;
    }
}
