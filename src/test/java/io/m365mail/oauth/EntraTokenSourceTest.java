package io.m365mail.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.config.Secret;
import io.m365mail.smtp.client.KeytoolStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EntraTokenSourceTest {
    private static final String SECRET = "s3cr3t~Value";
    private final TestClock clock = new TestClock();
    private FakeAuthority authority;
    private EntraTokenSource tokens;

    @BeforeEach
    void start() throws IOException {
        authority = new FakeAuthority();
        tokens = source(new ClientSecret(Secret.of(SECRET)));
    }

    @AfterEach
    void stop() {
        authority.close();
    }

    private EntraTokenSource source(ClientCredential credential) {
        return new EntraTokenSource(
                authority.url(), "contoso.com", "app-1", "https://outlook.office365.com/.default", credential, clock);
    }

    private TokenException failure() {
        return catchThrowableOfType(TokenException.class, tokens::token);
    }

    @Test
    void asksAsTheClientCredentialsGrantWants() throws Exception {
        assertThat(tokens.token()).isEqualTo("token-1");
        assertThat(authority.requests)
                .containsExactly(Map.of(
                        "path", "/contoso.com/oauth2/v2.0/token",
                        "grant_type", "client_credentials",
                        "client_id", "app-1",
                        "scope", "https://outlook.office365.com/.default",
                        "client_secret", SECRET));
    }

    @Test
    void twentyWaitersFetchOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        var together = new CountDownLatch(20);
        List<Future<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(threads.submit(() -> {
                together.countDown();
                together.await();
                return tokens.token();
            }));
        }
        for (Future<String> one : waiting) {
            assertThat(one.get()).isEqualTo("token-1");
        }
        assertThat(authority.requests).hasSize(1);
        threads.shutdownNow();
    }

    @Test
    void isRenewedEarlyAndTheOldOneServesWhileThatFails() throws Exception {
        tokens.token();
        clock.pass(Duration.ofMinutes(47));
        assertThat(tokens.token()).as("four fifths of an hour are 48 minutes").isEqualTo("token-1");
        clock.pass(Duration.ofMinutes(2));
        authority.fail(503, "temporarily_unavailable", "AADSTS90033: A transient error");
        assertThat(tokens.token()).isEqualTo("token-1");
        assertThat(tokens.token()).isEqualTo("token-1");
        assertThat(authority.requests).as("one failure, then a pause").hasSize(2);
        clock.pass(Duration.ofSeconds(6));
        authority.succeed();
        assertThat(tokens.token()).isEqualTo("token-3");
    }

    @Test
    void aShortLifeIsRenewedAtFourFifthsToo() throws Exception {
        authority.expiresIn = 100;
        tokens.token();
        clock.pass(Duration.ofSeconds(79));
        assertThat(tokens.token()).isEqualTo("token-1");
        clock.pass(Duration.ofSeconds(2));
        assertThat(tokens.token()).isEqualTo("token-2");
    }

    @Test
    void anExpiredTokenIsNotGivenOut() throws Exception {
        tokens.token();
        clock.pass(Duration.ofMinutes(60));
        authority.fail(500, "server_error", "down");
        assertThat(failure().configuration()).isFalse();
    }

    @Test
    void knownErrorsNameTheirCureAndDoNotLoop() {
        authority.fail(
                401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired. Trace ID: 1");
        TokenException first = failure();
        assertThat(first.code()).isEqualTo("AADSTS7000222");
        assertThat(first.configuration()).isTrue();
        assertThat(first.getMessage())
                .contains("AADSTS7000222", "make a new one and set client-secret")
                .doesNotContain("Trace ID");
        for (int i = 0; i < 20; i++) {
            assertThat(failure()).hasMessage(first.getMessage());
        }
        assertThat(authority.requests)
                .as("the same failure without asking again")
                .hasSize(1);
        clock.pass(Duration.ofSeconds(61));
        failure();
        assertThat(authority.requests).hasSize(2);
    }

    @Test
    void whatPassesIsTransient() {
        authority.fail(429, "throttled", "slow down");
        assertThat(failure().configuration()).isFalse();
        clock.pass(Duration.ofMinutes(2));
        authority.status = 502;
        authority.body = "<html>Bad gateway</html>";
        assertThat(failure()).hasMessageContaining("HTTP 502");
        clock.pass(Duration.ofMinutes(2));
        authority.close();
        TokenException unreachable = failure();
        assertThat(unreachable.configuration()).isFalse();
        assertThat(unreachable).hasMessageContaining("cannot be asked");
    }

    @Test
    void anAnswerWithoutEndOrWithoutTokenIsRefused() {
        authority.body = "{\"access_token\":\"" + "x".repeat(100_000) + "\",\"expires_in\":3600}";
        assertThat(failure()).hasMessageContaining("more than 65536 bytes");
        clock.pass(Duration.ofMinutes(2));
        authority.body = "{\"access_token\":\"evil\\r\\nMAIL FROM:<>\",\"expires_in\":3600}";
        assertThat(failure()).hasMessageContaining("holds none").hasMessageNotContaining("evil");
    }

    @Test
    void aRefusedTokenIsReplacedOnceItIsNotNew() throws Exception {
        String first = tokens.token();
        assertThat(tokens.invalidate(first))
                .as("just fetched: another would be refused too")
                .isFalse();
        assertThat(tokens.token()).isEqualTo(first);
        clock.pass(Duration.ofMinutes(10));
        assertThat(tokens.invalidate(first)).isTrue();
        assertThat(tokens.token()).isEqualTo("token-2");
        assertThat(tokens.invalidate(first)).as("somebody else has replaced it").isTrue();
        assertThat(tokens.token()).isEqualTo("token-2");
        assertThat(tokens.invalidate("token-2")).isFalse();
        assertThat(authority.requests).hasSize(2);
    }

    @Test
    void aCertificateSignsTheAssertion(@TempDir Path folder) throws Exception {
        KeytoolStores stores = KeytoolStores.get();
        Path file = stores.only("good", folder);
        tokens = source(ClientCertificate.read(file, KeytoolStores.PASSWORD, clock));
        tokens.token();
        Map<String, String> request = authority.requests.get(0);
        assertThat(request).doesNotContainKey("client_secret");
        String[] jwt = request.get("client_assertion").split("\\.");
        X509Certificate certificate = stores.certificate("good");
        JsonNode header = json(jwt[0]);
        assertThat(header.get("alg").asText()).isEqualTo("PS256");
        assertThat(header.get("x5t#S256").asText())
                .isEqualTo(Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
        JsonNode claims = json(jwt[1]);
        assertThat(claims.get("aud").asText()).isEqualTo(authority.url() + "/contoso.com/oauth2/v2.0/token");
        assertThat(claims.get("iss").asText()).isEqualTo("app-1");
        assertThat(claims.get("sub").asText()).isEqualTo("app-1");
        assertThat(claims.get("exp").asLong() - clock.instant().getEpochSecond())
                .isBetween(60L, 600L);
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        signature.initVerify(certificate);
        signature.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
    }

    private static JsonNode json(String part) throws IOException {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(part));
    }

    @Test
    void plainHttpIsForLoopbackOnlyAndTheTenantIsChecked() {
        var credential = new ClientSecret(Secret.of(SECRET));
        assertThatThrownBy(() -> new EntraTokenSource("http://login.example", "t", "c", "s", credential, clock))
                .hasMessageContaining("must be an https URL");
        assertThatThrownBy(
                        () -> new EntraTokenSource("http://127.0.0.1.evil.example", "t", "c", "s", credential, clock))
                .hasMessageContaining("must be an https URL");
        assertThatThrownBy(() -> new EntraTokenSource("https://login.example", "a/../b", "c", "s", credential, clock))
                .hasMessageContaining("tenant-id");
    }

    @Test
    void secretsShowUpNowhere() throws Exception {
        tokens.token();
        assertThat(tokens.toString()).contains("app-1").doesNotContain(SECRET).doesNotContain("token-1");
        clock.pass(Duration.ofHours(2));
        authority.fail(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
        assertThat(failure()).hasMessageNotContaining(SECRET).hasMessageContaining("its ID");
    }

    /** The JDK's own timer of idle connections ends some seconds after the last was closed. */
    @Test
    void noThreadIsLeftBehind() throws Exception {
        tokens.token();
        await().atMost(Duration.ofSeconds(20)).until(() -> Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .noneMatch(n -> n.startsWith("HttpClient") || n.startsWith("Keep-Alive")));
    }
}
