package io.m365mail.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** A sandbox for tests: no delay at a refused AUTH, a clock to move, and one certificate for all of them. */
final class SandboxFixture {
    static final String ALERTS = "alerts@contoso.com";
    static final String PASSWORD = "right horse";
    static final String CLIENT = "client-1";
    static final String SECRET = "Q8~made.up_value";

    private SandboxFixture() {}

    /** Below target, so that keytool runs once for all test classes. */
    static Path folder() {
        return Path.of("target", "sandbox-test");
    }

    static SandboxBuilder builder(SandboxClock clock) {
        return Sandbox.builder(folder()).clock(clock).refusedAuthDelay(Duration.ZERO);
    }

    /** Started, with one mailbox and one app for it. */
    static Sandbox start(SandboxClock clock) throws IOException {
        return withMailbox(builder(clock).build()).start();
    }

    static Sandbox withMailbox(Sandbox sandbox) {
        sandbox.mailbox(ALERTS, PASSWORD);
        sandbox.app(CLIENT).secret(SECRET).mayUse(ALERTS);
        return sandbox;
    }

    static SmtpTestClient logIn(Sandbox sandbox) throws IOException {
        return SmtpTestClient.loggedIn(sandbox, ALERTS, PASSWORD);
    }

    static HttpResponse<String> requestToken(Sandbox sandbox, String tenant, Map<String, String> form)
            throws IOException, InterruptedException {
        String body = form.entrySet().stream()
                .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(sandbox.authority() + "/" + tenant + "/oauth2/v2.0/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    static Map<String, String> secretForm() {
        return Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                CLIENT,
                "client_secret",
                SECRET,
                "scope",
                "https://outlook.office365.com/.default");
    }

    static String token(Sandbox sandbox) throws IOException, InterruptedException {
        return json(requestToken(sandbox, sandbox.tenantId(), secretForm()))
                .path("access_token")
                .asText();
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    private static String encode(String s) {
        return URLEncoder.encode(s, StandardCharsets.UTF_8);
    }
}
