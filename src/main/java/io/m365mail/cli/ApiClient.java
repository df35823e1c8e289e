package io.m365mail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.config.BundleConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Talks to {@code /api} of a running bundle. Whatever goes wrong becomes one sentence: nobody listens, the token is
 * refused, or what the API itself says in {@code {"error": …}}.
 */
final class ApiClient {
    /** A submission of 150 MB on a busy disk takes its time; a hung bundle must not hang the command for ever. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final BundleConfig.Management management;
    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    ApiClient(BundleConfig.Management management) {
        this.management = management;
    }

    /** Where it listens, as a URL; an address for every interface is reached by loopback. */
    static String base(BundleConfig.Management m) {
        String host = m.address().equals("0.0.0.0") ? "127.0.0.1" : m.address().equals("::") ? "::1" : m.address();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + m.port();
    }

    JsonNode get(String path) throws CommandException {
        return send("GET", path, BodyPublishers.noBody());
    }

    JsonNode post(String path, BodyPublisher body) throws CommandException {
        return send("POST", path, body);
    }

    JsonNode delete(String path) throws CommandException {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    String pretty(JsonNode node) {
        return node.toPrettyString();
    }

    /** A part of a path or a query, with everything encoded that has a meaning there. */
    static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode send(String method, String path, BodyPublisher body) throws CommandException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base(management) + path))
                .timeout(PATIENCE)
                .header("Accept", "application/json")
                .method(method, body);
        if (method.equals("POST")) {
            request.header("Content-Type", "message/rfc822");
        }
        if (management.token() != null) {
            request.header("Authorization", "Bearer " + management.token().reveal());
        }
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return answer(response);
        } catch (ConnectException e) {
            throw CommandException.notFine("no bundle answers at " + base(management)
                    + ". Start it with m365-mail run, or name its configuration with --config DIR.");
        } catch (HttpTimeoutException e) {
            throw CommandException.notFine("the bundle at " + base(management) + " did not answer in time");
        } catch (IOException e) {
            throw CommandException.notFine("the connection to " + base(management) + " broke: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.notFine("interrupted");
        }
    }

    private JsonNode answer(HttpResponse<byte[]> response) throws CommandException {
        JsonNode body = json(response.body());
        int status = response.statusCode();
        if (status / 100 == 2 && body != null) {
            return body;
        }
        if (status == 401 || status == 403) {
            throw CommandException.notFine("the bundle refused the token (HTTP " + status
                    + "): m365.management.token of this" + " configuration has to be the running bundle's");
        }
        if (body != null && body.path("error").isTextual()) {
            throw CommandException.notFine(body.path("error").asText());
        }
        throw CommandException.notFine(
                base(management) + " answered with HTTP " + status + " and is perhaps no m365-mail bundle");
    }

    private JsonNode json(byte[] body) {
        try {
            JsonNode node = mapper.readTree(body);
            return node != null && node.isObject() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("reading from memory", e);
        }
    }
}
