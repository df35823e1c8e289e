package io.m365mail.config;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One of Microsoft's clouds: each has its own hosts, and a tenant is in exactly one. Sources: Microsoft, "Microsoft 365
 * U.S. Government endpoints", "Set up SPF"; where no page of Microsoft names a host (China's submission and MX names, the
 * DoD's token scope) it is the name in common use. {@code host}, {@code authority} and {@code scope} override each.
 */
public enum Cloud {
    /** Also GCC. */
    WORLDWIDE(
            "smtp.office365.com",
            "https://login.microsoftonline.com",
            "https://outlook.office365.com/.default",
            ".mail.protection.outlook.com",
            ".mx.microsoft"),
    GCC_HIGH(
            "outlook.office365.us",
            "https://login.microsoftonline.us",
            "https://outlook.office365.us/.default",
            ".protection.office365.us"),
    DOD(
            "outlook-dod.office365.us",
            "https://login.microsoftonline.us",
            "https://outlook-dod.office365.us/.default",
            ".protection.apps.mil",
            ".protection.office365.us"),
    /** Operated by 21Vianet. */
    CHINA(
            "smtp.partner.outlook.cn",
            "https://login.partner.microsoftonline.cn",
            "https://partner.outlook.cn/.default",
            ".mail.protection.partner.outlook.cn");

    /** The submission host of High Volume Email; it lies below a suffix of MX names but is none. */
    public static final String HIGH_VOLUME_HOST = "smtp.hve.mx.microsoft";

    static final ValueType<Cloud> VALUE = ValueType.of(names(), Cloud::parse);

    private final String submissionHost;
    private final String authority;
    private final String scope;
    private final List<String> mxSuffixes;

    Cloud(String submissionHost, String authority, String scope, String... mxSuffixes) {
        this.submissionHost = submissionHost;
        this.authority = authority;
        this.scope = scope;
        this.mxSuffixes = List.of(mxSuffixes);
    }

    /** As in the configuration: {@code gcc-high}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The host of SMTP AUTH client submission. */
    public String submissionHost() {
        return submissionHost;
    }

    /** Where tokens come from. */
    public String authority() {
        return authority;
    }

    /** The scope of a token for client submission. */
    public String scope() {
        return scope;
    }

    /** The host of IMAP and POP3: the one that tokens are for. */
    public String mailboxHost() {
        return URI.create(scope).getHost();
    }

    /** How the MX names of its tenants end. */
    public List<String> mxSuffixes() {
        return mxSuffixes;
    }

    /** Whether a host name, in lower case and without a dot at its end, is an MX of a tenant in this cloud. */
    public boolean hasMx(String host) {
        return !isSubmissionHost(host) && mxSuffixes.stream().anyMatch(host::endsWith);
    }

    /** The cloud in which a host is a tenant's MX, or null where it is none of Exchange Online's. */
    public static Cloud ofMx(String host) {
        return Arrays.stream(values()).filter(c -> c.hasMx(host)).findFirst().orElse(null);
    }

    /** A host for clients that log in, which takes no mail by direct send or relay. */
    static boolean isSubmissionHost(String host) {
        return host.equals(HIGH_VOLUME_HOST) || Arrays.stream(values()).anyMatch(c -> c.submissionHost.equals(host));
    }

    private static String names() {
        return String.join(", ", Arrays.stream(values()).map(Cloud::key).toList());
    }

    private static Cloud parse(String text) throws ValueException {
        List<String> known = Arrays.stream(values()).map(Cloud::key).toList();
        int index = known.indexOf(text);
        if (index < 0) {
            throw new ValueException(
                    "not one of " + names(), "Did you mean " + Nearest.of(text, known) + "? Give one of them");
        }
        return values()[index];
    }
}
