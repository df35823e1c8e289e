package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.CLIENT;
import static io.m365mail.sandbox.SandboxFixture.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The token endpoint with client secrets, against reference section 4. */
class TokenEndpointTest {
    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = SandboxFixture.start(new SandboxClock());
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    @Test
    void givesATokenOfRealSizeForTheSecret() throws Exception {
        HttpResponse<String> response =
                SandboxFixture.requestToken(sandbox, sandbox.tenantId(), SandboxFixture.secretForm());
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = SandboxFixture.json(response);
        assertThat(body.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(body.path("expires_in").asLong()).isBetween(3600L, 5400L);
        assertThat(body.path("access_token").asText().split("\\.")).hasSize(3);
        assertThat(body.path("access_token").asText().length()).isBetween(1800, 2600);
        assertThat(sandbox.log().tokenRequests()).singleElement().satisfies(r -> {
            assertThat(r.clientId()).isEqualTo(CLIENT);
            assertThat(r.credential()).isEqualTo("secret");
            assertThat(r.status()).isEqualTo(200);
            assertThat(r.error()).isNull();
        });
        assertThat(sandbox.log().tokenRequests().toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({
        "client_secret, bad, 401, invalid_client, 7000215",
        "client_secret, , 401, invalid_client, 7000218",
        "client_id, other, 400, unauthorized_client, 700016",
        "client_id, , 400, invalid_request, 900144",
        "grant_type, password, 400, unsupported_grant_type, 70003",
        "scope, https://graph.microsoft.com/.default, 400, invalid_scope, 70011",
        "scope, , 400, invalid_request, 900144",
    })
    void refusesAsEntraDoes(String parameter, String value, int status, String error, int number) throws Exception {
        Map<String, String> form = new HashMap<>(SandboxFixture.secretForm());
        if (value == null) {
            form.remove(parameter);
        } else {
            form.put(parameter, value);
        }
        expectError(sandbox.tenantId(), form, status, error, number);
    }

    @Test
    void refusesAnUnknownTenantAndAnExpiredSecret() throws Exception {
        expectError("tailspin.com", SandboxFixture.secretForm(), 400, "invalid_request", 90002);
        sandbox.app(CLIENT).secret(SECRET).secretExpired();
        expectError(sandbox.tenantId(), SandboxFixture.secretForm(), 401, "invalid_client", 7000222);
    }

    @Test
    void failsWhenAsked() throws Exception {
        sandbox.tokenFaults().fail(503, "temporarily_unavailable").throttle(7);
        assertThat(SandboxFixture.requestToken(sandbox, sandbox.tenantId(), SandboxFixture.secretForm())
                        .statusCode())
                .isEqualTo(503);
        HttpResponse<String> throttled =
                SandboxFixture.requestToken(sandbox, sandbox.tenantId(), SandboxFixture.secretForm());
        assertThat(throttled.statusCode()).isEqualTo(429);
        assertThat(throttled.headers().firstValue("Retry-After")).contains("7");
        sandbox.tokenFaults().delay(Duration.ofMillis(200));
        long start = System.nanoTime();
        assertThat(SandboxFixture.token(sandbox)).isNotEmpty();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
    }

    private void expectError(String tenant, Map<String, String> form, int status, String error, int number)
            throws Exception {
        HttpResponse<String> response = SandboxFixture.requestToken(sandbox, tenant, form);
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode body = SandboxFixture.json(response);
        assertThat(body.path("error").asText()).isEqualTo(error);
        assertThat(body.path("error_description").asText()).startsWith("AADSTS" + number + ": ");
        assertThat(body.path("error_codes").get(0).asInt()).isEqualTo(number);
        assertThat(response.body()).doesNotContain(SECRET);
        assertThat(sandbox.log().tokenRequests())
                .last()
                .extracting(SandboxEvents.TokenRequest::error)
                .isEqualTo("AADSTS" + number);
    }
}
