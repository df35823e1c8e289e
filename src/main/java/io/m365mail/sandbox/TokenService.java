package io.m365mail.sandbox;

import java.time.Clock;
import java.util.Map;
import java.util.Set;

/**
 * Decides a request to {@code /{tenant}/oauth2/v2.0/token}: the client-credentials grant with a secret or a signed
 * assertion, for the scope {@code https://outlook.office365.com/.default} or {@code https://outlook.office.com/.default}
 * (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
 */
final class TokenService {
    static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final Set<String> SCOPES =
            Set.of("https://outlook.office365.com/.default", "https://outlook.office.com/.default");

    private final Tenant tenant;
    private final AccessTokens tokens;
    private final Clock clock;

    TokenService(Tenant tenant, AccessTokens tokens, Clock clock) {
        this.tenant = tenant;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * @param name the tenant of the path
     * @param form the parameters
     * @param audiences the names of this endpoint that an assertion may be made out to
     */
    AccessTokens.Issued request(String name, Map<String, String> form, Set<String> audiences) throws EntraError {
        if (!tenant.isNamed(name)) {
            throw new EntraError(
                    400,
                    "invalid_request",
                    90002,
                    "Tenant '" + name + "' not found. Check to make sure you have the correct tenant ID.");
        }
        if (!"client_credentials".equals(required(form, "grant_type"))) {
            throw new EntraError(
                    400,
                    "unsupported_grant_type",
                    70003,
                    "The app requested an unsupported grant type '" + form.get("grant_type") + "'.");
        }
        SandboxApp app = app(form);
        authenticate(app, form, audiences);
        String scope = required(form, "scope");
        if (!SCOPES.contains(scope)) {
            throw new EntraError(
                    400,
                    "invalid_scope",
                    70011,
                    "The provided value for scope " + scope + " is not valid: ask for "
                            + "https://outlook.office365.com/.default.");
        }
        return tokens.issue(app);
    }

    private SandboxApp app(Map<String, String> form) throws EntraError {
        String assertion = form.get("client_assertion");
        String id = form.containsKey("client_id") || assertion == null
                ? required(form, "client_id")
                : ClientAssertion.subject(assertion);
        SandboxApp app = id == null ? null : tenant.app(id);
        if (app == null) {
            throw new EntraError(
                    400,
                    "unauthorized_client",
                    700016,
                    "Application with identifier '" + id + "' was not found in the directory '" + tenant.id() + "'.");
        }
        return app;
    }

    private void authenticate(SandboxApp app, Map<String, String> form, Set<String> audiences) throws EntraError {
        String assertion = form.get("client_assertion");
        if (assertion != null) {
            if (!ASSERTION_TYPE.equals(required(form, "client_assertion_type"))) {
                throw new EntraError(
                        400, "invalid_request", 50024, "The client_assertion_type must be " + ASSERTION_TYPE + ".");
            }
            ClientAssertion.verify(assertion, app, audiences, clock.instant());
            return;
        }
        String secret = form.get("client_secret");
        if (secret == null) {
            throw new EntraError(
                    401,
                    "invalid_client",
                    7000218,
                    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
        }
        if (!app.hasSecret(secret)) {
            throw new EntraError(
                    401,
                    "invalid_client",
                    7000215,
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret"
                            + " value, not the client secret ID, for a secret added to app '" + app + "'.");
        }
        if (app.isSecretExpired()) {
            throw new EntraError(
                    401,
                    "invalid_client",
                    7000222,
                    "The provided client secret keys for app '" + app + "' are expired.");
        }
    }

    private static String required(Map<String, String> form, String parameter) throws EntraError {
        String value = form.get(parameter);
        if (value == null || value.isEmpty()) {
            throw EntraError.missing(parameter);
        }
        return value;
    }
}
