package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.ALERTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens for a signed client assertion. The app's key is a server certificate made for the purpose. */
class ClientAssertionTest {
    private static final String APP = "app-with-certificate";

    private final SandboxClock clock = new SandboxClock();
    private Sandbox sandbox;
    private X509Certificate certificate;
    private PrivateKey key;
    private Map<String, Object> claims;

    @BeforeEach
    void start() throws Exception {
        Path folder = SandboxFixture.folder().resolve("app");
        ServerCertificate.in(folder);
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] password = ServerCertificate.PASSWORD.toCharArray();
        try (var in = Files.newInputStream(folder.resolve("certificate/key-store.p12"))) {
            store.load(in, password);
        }
        certificate = (X509Certificate) store.getCertificate("sandbox");
        key = (PrivateKey) store.getKey("sandbox", password);
        sandbox = SandboxFixture.start(clock);
        sandbox.app(APP).certificate(certificate).mayUse(ALERTS);
        claims = new HashMap<>(Map.of(
                "iss",
                APP,
                "sub",
                APP,
                "aud",
                sandbox.authority() + "/" + sandbox.tenantId() + "/oauth2/v2.0/token",
                "jti",
                "1",
                "nbf",
                clock.instant().getEpochSecond(),
                "exp",
                clock.instant().getEpochSecond() + 600));
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS256"})
    void givesATokenThatOpensTheMailbox(String algorithm) throws Exception {
        HttpResponse<String> response = request(assertion(algorithm, "x5t#S256", "SHA-256"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String token = SandboxFixture.json(response).path("access_token").asText();
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.authToken(ALERTS, token)).startsWith("235");
        }
        assertThat(sandbox.log().tokenRequests().get(0).credential()).isEqualTo("assertion");
    }

    @Test
    void findsTheKeyByTheOlderThumbprintToo() throws Exception {
        assertThat(request(assertion("PS256", "x5t", "SHA-1")).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesTimesThatAreOver() throws Exception {
        claims.put("exp", clock.instant().getEpochSecond() - 301);
        expectError(assertion("PS256", "x5t", "SHA-1"), 700024);
    }

    @Test
    void refusesAnotherAudience() throws Exception {
        claims.put("aud", "https://example.com/token");
        expectError(assertion("PS256", "x5t", "SHA-1"), 700023);
    }

    @Test
    void refusesAnotherIssuer() throws Exception {
        claims.put("iss", "somebody");
        expectError(assertion("PS256", "x5t", "SHA-1"), 700021);
    }

    @Test
    void refusesAChangedClaimAnUnknownKeyAndNoSignatureAtAll() throws Exception {
        String good = assertion("RS256", "x5t", "SHA-1");
        String[] parts = good.split("\\.");
        claims.put("jti", "2");
        String other = assertion("RS256", "x5t", "SHA-1").split("\\.")[1];
        expectError(parts[0] + "." + other + "." + parts[2], 700027);
        expectError(parts[0] + "." + parts[1] + ".", 700027);
        expectError(assertion("none", "x5t", "SHA-1"), 700027);
        sandbox.app(APP).mayUse(ALERTS); // registered anew, without the certificate
        expectError(good, 700027);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "....", "!.!.!", "e30.e30"})
    void refusesWhatIsNoJwt(String assertion) throws Exception {
        expectError(assertion, 50027);
    }

    private void expectError(String assertion, int number) throws Exception {
        HttpResponse<String> response = request(assertion);
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(SandboxFixture.json(response).path("error_codes").get(0).asInt())
                .as(response.body())
                .isEqualTo(number);
    }

    private HttpResponse<String> request(String assertion) throws Exception {
        return SandboxFixture.requestToken(
                sandbox,
                sandbox.tenantId(),
                Map.of(
                        "grant_type",
                        "client_credentials",
                        "client_id",
                        APP,
                        "client_assertion_type",
                        TokenService.ASSERTION_TYPE,
                        "client_assertion",
                        assertion,
                        "scope",
                        "https://outlook.office365.com/.default"));
    }

    private String assertion(String algorithm, String thumbprintName, String hash) throws Exception {
        byte[] thumbprint = MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        String header = "{\"typ\":\"JWT\",\"alg\":\"" + algorithm + "\",\"" + thumbprintName + "\":\""
                + base64(thumbprint) + "\"}";
        String signed = base64(header.getBytes(StandardCharsets.UTF_8)) + "."
                + base64(new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsBytes(claims));
        Signature signer;
        if (algorithm.equals("PS256")) {
            signer = Signature.getInstance("RSASSA-PSS");
            signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        } else {
            signer = Signature.getInstance("SHA256withRSA");
        }
        signer.initSign(key);
        signer.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64(signer.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
