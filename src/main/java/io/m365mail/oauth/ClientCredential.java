package io.m365mail.oauth;

import java.util.Map;

/** How the app proves who it is. Its {@code toString} shows nothing secret. */
public interface ClientCredential {
    /** The form fields that go with the request to {@code endpoint}. */
    Map<String, String> fields(String clientId, String endpoint);
}
