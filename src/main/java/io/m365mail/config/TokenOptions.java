package io.m365mail.config;

import static io.m365mail.config.ValueTypes.SECRET;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The keys of who logs in at a mailbox of Exchange Online, to send from it or to read it: an app's token, or a password. */
final class TokenOptions {
    private static final String GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    static final Option<Secret> PASSWORD =
            Option.optional("password", SECRET, "password of the mailbox, for auth=login");
    static final Option<String> TENANT_ID = Option.optional(
            "tenant-id", ValueType.of("tenant", TokenOptions::parseTenant), "tenant's id, or one of its domains");
    static final Option<String> CLIENT_ID =
            Option.optional("client-id", ValueTypes.TEXT, "application (client) id of the app");
    static final Option<Secret> CLIENT_SECRET =
            Option.optional("client-secret", SECRET, "Value of the app's client secret, not its ID");
    static final Option<Path> CLIENT_CERTIFICATE = Option.optional(
            "client-certificate",
            ValueTypes.PATH,
            "PKCS#12 file with the app's certificate and key, instead of a secret");
    static final Option<Secret> CLIENT_CERTIFICATE_PASSWORD =
            Option.optional("client-certificate-password", SECRET, "password of that file");
    static final Option<URI> AUTHORITY = Option.of(
            "authority",
            ValueTypes.HTTP_URL,
            Cloud.WORLDWIDE.authority(),
            "where tokens come from; cloud changes the default; plain http on loopback only");

    private TokenOptions() {}

    static String authority(Section s, Cloud cloud) {
        return s.has(AUTHORITY) ? String.valueOf(s.get(AUTHORITY)) : cloud.authority();
    }

    /** What goes with {@code auth=login}. */
    static void checkLogin(Section s, Option<?> scope) {
        s.needed(PASSWORD, "auth=login");
        for (Option<?> o : List.of(
                TENANT_ID,
                CLIENT_ID,
                CLIENT_SECRET,
                CLIENT_CERTIFICATE,
                CLIENT_CERTIFICATE_PASSWORD,
                AUTHORITY,
                scope)) {
            s.useless(o, "auth=login");
        }
    }

    /** What goes with {@code auth=xoauth2}. */
    static void checkToken(Section s, String authority, String clientId, Secret clientSecret) {
        s.needed(TENANT_ID, "auth=xoauth2");
        s.needed(CLIENT_ID, "auth=xoauth2");
        s.useless(PASSWORD, "auth=xoauth2");
        if (s.has(CLIENT_SECRET) && s.has(CLIENT_CERTIFICATE)) {
            s.mistake(CLIENT_SECRET, "both a client secret and a client certificate are set", "Keep one of the two");
        } else if (!s.has(CLIENT_CERTIFICATE)) {
            s.needed(CLIENT_SECRET, "auth=xoauth2 without client-certificate");
        }
        KeyStores.checkKey(s, CLIENT_CERTIFICATE, CLIENT_CERTIFICATE_PASSWORD);
        // Mistakes that Entra answers with AADSTS700016 and AADSTS7000215; a stand-in on loopback has ids of its own.
        if (authority.startsWith("http:")) {
            return;
        }
        if (clientId != null && !clientId.matches(GUID)) {
            s.mistake(CLIENT_ID, "not an application (client) id", "Copy it from the app's overview page in Entra");
        }
        if (clientSecret != null && clientSecret.reveal().matches(GUID)) {
            s.mistake(
                    CLIENT_SECRET,
                    "this looks like the secret's ID, not its Value",
                    "Copy the Value, which Entra shows once after creating the secret");
        }
    }

    private static String parseTenant(String text) throws ValueException {
        return text.matches(GUID) ? text : ValueTypes.parseHostName(text);
    }
}
