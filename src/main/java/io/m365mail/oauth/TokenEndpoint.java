package io.m365mail.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One tenant's token endpoint: a form goes out, a token or an explained error comes back. Plain HTTP is for loopback
 * only, redirects are not followed (they would carry the secret elsewhere), the answer has a bound. It uses
 * {@code HttpURLConnection}, as the JDK's newer client leaves a thread behind until it is collected.
 *
 * @see <a href="https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow">Client
 *     credentials grant</a>
 */
final class TokenEndpoint {
    private static final int MAX_ANSWER = 64 * 1024;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI uri;
    private final String clientId;
    private final String scope;
    private final ClientCredential credential;
    private final Duration timeout;

    /** @param token it; @param life from now */
    record Answer(String token, Duration life) {
        @Override
        public String toString() {
            return "a token for " + life;
        }
    }

    TokenEndpoint(
            String authority,
            String tenantId,
            String clientId,
            String scope,
            ClientCredential credential,
            Duration timeout) {
        if (tenantId == null || !tenantId.matches("[A-Za-z0-9.-]+")) {
            throw new IllegalArgumentException(
                    "tenant-id is '" + tenantId + "'; set it to the Directory (tenant) ID or a domain of the tenant");
        }
        this.uri = URI.create(authority.replaceAll("/+$", "") + "/" + tenantId + "/oauth2/v2.0/token");
        boolean plain = "http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost());
        if (!plain && !"https".equals(uri.getScheme())) {
            throw new IllegalArgumentException("authority is " + authority
                    + "; it must be an https URL such as https://login.microsoftonline.com");
        }
        this.clientId = clientId;
        this.scope = scope;
        this.credential = credential;
        this.timeout = timeout;
    }

    Answer fetch() throws TokenException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        form.put("client_id", clientId);
        form.put("scope", scope);
        form.putAll(credential.fields(clientId, uri.toString()));
        try {
            return exchange(encode(form));
        } catch (IOException e) {
            throw new TokenException(
                    "no token: " + uri + " cannot be asked (" + e + "); check the network, the proxy and authority",
                    null,
                    false);
        }
    }

    private Answer exchange(byte[] form) throws IOException, TokenException {
        var connection = (HttpURLConnection) uri.toURL().openConnection();
        try {
            connection.setConnectTimeout((int) timeout.toMillis());
            connection.setReadTimeout((int) timeout.toMillis());
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setRequestProperty("Connection", "close");
            connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
            connection.setRequestProperty("Accept", "application/json");
            // Not in streaming mode: with a 401, Entra's answer to a wrong secret, that hides the body.
            connection.getOutputStream().write(form);
            return answer(connection.getResponseCode(), body(connection));
        } finally {
            connection.disconnect();
        }
    }

    private static byte[] body(HttpURLConnection connection) throws IOException {
        boolean failed = connection.getResponseCode() >= 400;
        try (InputStream in = failed ? connection.getErrorStream() : connection.getInputStream()) {
            byte[] bytes = in == null ? new byte[0] : in.readNBytes(MAX_ANSWER + 1);
            if (bytes.length > MAX_ANSWER) {
                throw new IOException("an answer of more than " + MAX_ANSWER + " bytes");
            }
            return bytes;
        }
    }

    private Answer answer(int status, byte[] body) throws TokenException {
        JsonNode json = parse(body);
        String token = json.path("access_token").asText("");
        long seconds = json.path("expires_in").asLong(0);
        if (status == 200 && isToken(token) && seconds > 0) {
            return new Answer(
                    token,
                    Duration.ofSeconds(Math.min(seconds, Duration.ofDays(2).toSeconds())));
        }
        if (status == 200) {
            throw new TokenException(
                    "no token: the answer of " + uri + " holds none that can be used; check authority and scope",
                    null,
                    true);
        }
        throw EntraErrors.explain(
                uri.toString(),
                status,
                json.path("error").asText(null),
                json.path("error_description").asText(null));
    }

    /** RFC 6750 section 2.1: it goes into a line of a protocol, so nothing else is taken. */
    private static boolean isToken(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > 32 && c < 127);
    }

    private static JsonNode parse(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            return node == null ? JSON.missingNode() : node;
        } catch (IOException e) {
            // A proxy's HTML page, say: the status tells enough.
            return JSON.missingNode();
        }
    }

    private static byte[] encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return uri + " for app " + clientId + " with " + credential;
    }
}
