package io.m365mail.oauth;

import io.m365mail.config.Secret;
import java.util.Map;

/** The app's secret (its Value, not its ID). */
public final class ClientSecret implements ClientCredential {
    private final Secret secret;

    public ClientSecret(Secret secret) {
        this.secret = secret;
    }

    @Override
    public Map<String, String> fields(String clientId, String endpoint) {
        return Map.of("client_secret", secret.reveal());
    }

    @Override
    public String toString() {
        return "client secret";
    }
}
