package io.m365mail.oauth;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the token endpoint's errors mean and what cures them.
 *
 * @see <a href="https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes">Microsoft Entra
 *     authentication and authorization error codes</a>
 */
final class EntraErrors {
    private static final Pattern CODE = Pattern.compile("AADSTS\\d+");

    /** OAuth errors (RFC 6749 section 5.2) that say nothing against the configuration. */
    private static final Set<String> TRANSIENT_ERRORS = Set.of("temporarily_unavailable", "server_error", "slow_down");

    /** Entra is busy or broken: request time-out, service errors, throttling. */
    private static final Set<String> TRANSIENT_CODES = Set.of(
            "AADSTS90033", "AADSTS90025", "AADSTS90055", "AADSTS50087", "AADSTS50196", "AADSTS90006", "AADSTS90024");

    private static final Map<String, String> CURES = Map.ofEntries(
            Map.entry(
                    "AADSTS7000215",
                    "the client secret is wrong; set client-secret to the secret's Value (not its ID) from Certificates &"
                            + " secrets of the app registration"),
            Map.entry("AADSTS7000222", "the client secret has expired; make a new one and set client-secret"),
            Map.entry(
                    "AADSTS700016",
                    "the app is not known in this tenant; check client-id and tenant-id, and that an administrator has"
                            + " consented to the app"),
            Map.entry(
                    "AADSTS90002",
                    "the tenant is not known; check tenant-id and authority (national clouds have their own)"),
            Map.entry("AADSTS900023", "tenant-id is neither a GUID nor a domain name; copy the Directory (tenant) ID"),
            Map.entry("AADSTS7000012", "the grant belongs to another tenant; check tenant-id"),
            Map.entry(
                    "AADSTS70011",
                    "the scope is wrong; it must be one resource with /.default, such as https://outlook.office365.com/.default"),
            Map.entry(
                    "AADSTS1002012",
                    "the scope is wrong; it must be one resource with /.default, such as https://outlook.office365.com/.default"),
            Map.entry(
                    "AADSTS28000",
                    "the scope names two resources; leave one, such as https://outlook.office365.com/.default"),
            Map.entry(
                    "AADSTS65001",
                    "nobody has consented to the app; an administrator must grant SMTP.SendAsApp (to read a mailbox:"
                            + " IMAP.AccessAsApp or POP.AccessAsApp) of Office 365 Exchange Online"),
            Map.entry(
                    "AADSTS500011",
                    "the scope's resource has no service principal in this tenant; check scope and cloud"),
            Map.entry(
                    "AADSTS700027",
                    "the certificate is not the one registered for the app, or has expired; upload its public part to"
                            + " Certificates & secrets and check this machine's clock"),
            Map.entry("AADSTS700024", "the signed assertion is not valid now; check this machine's clock"),
            Map.entry(
                    "AADSTS7000229",
                    "the app has no service principal in this tenant; consent to it or run New-ServicePrincipal"),
            Map.entry("AADSTS7000112", "the app is disabled; enable it under Enterprise applications"),
            Map.entry(
                    "AADSTS53003",
                    "a Conditional Access policy for workload identities blocks this app; exclude it or its address"),
            Map.entry("AADSTS700082", "the refresh token lapsed after 90 idle days; sign in again"));

    private EntraErrors() {}

    /**
     * @param status HTTP status
     * @param error OAuth's {@code error}, or null
     * @param description OAuth's {@code error_description}, or null
     */
    static TokenException explain(String endpoint, int status, String error, String description) {
        String code = code(description);
        String detail = description == null ? "" : firstSentence(description);
        String cure = code == null ? generalCure(status, error) : CURES.getOrDefault(code, generalCure(status, error));
        String message = "no token from " + endpoint + ": "
                + (code == null ? "HTTP " + status + (error == null ? "" : " " + clean(error, 40)) : code)
                + ", " + cure + (detail.isEmpty() ? "" : " [" + detail + "]");
        return new TokenException(message, code == null ? error : code, configuration(status, error, code));
    }

    private static String code(String description) {
        Matcher m = CODE.matcher(description == null ? "" : description);
        return m.find() ? m.group() : null;
    }

    private static boolean configuration(int status, String error, String code) {
        boolean passing = status == 429
                || status == 408
                || status >= 500
                || error != null && TRANSIENT_ERRORS.contains(error)
                || code != null && TRANSIENT_CODES.contains(code);
        return !passing;
    }

    private static String generalCure(int status, String error) {
        if (status == 429) {
            return "it wants fewer requests; it is asked again later";
        }
        if (status >= 500) {
            return "the authority has a fault; it is asked again later";
        }
        if ("invalid_client".equals(error)) {
            return "the app's credential was refused; check client-id and client-secret or client-certificate";
        }
        return "check authority, tenant-id, client-id and the credential";
    }

    /** Entra's first line; trace and correlation ids follow on others. */
    private static String firstSentence(String description) {
        return clean(description.split("[\\r\\n]| Trace ID", 2)[0], 200);
    }

    private static String clean(String s, int max) {
        String flat = s.replaceAll("\\p{Cntrl}", " ").strip();
        return flat.length() > max ? flat.substring(0, max) + "…" : flat;
    }
}
