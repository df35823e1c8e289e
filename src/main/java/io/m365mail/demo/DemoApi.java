package io.m365mail.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;

/** Asks the bundle's API as the commands do. No connection and no thread is kept. */
final class DemoApi {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final int port;

    DemoApi(int port) {
        this.port = port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    JsonNode get(String path) throws IOException {
        return call("GET", path);
    }

    JsonNode delete(String path) throws IOException {
        return call("DELETE", path);
    }

    private JsonNode call(String method, String path) throws IOException {
        var connection = (HttpURLConnection) URI.create(url() + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setRequestProperty("Connection", "close");
        try (InputStream in = connection.getInputStream()) {
            return JSON.readTree(in);
        } finally {
            connection.disconnect();
        }
    }
}
