package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a running bundle says of itself over its API, and the hold and resume that one does there. */
record BundleView(RunningBundle bundle) {
    static final Duration SOON = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    JsonNode status() throws Exception {
        return JSON.readTree(bundle.get("/api/status"));
    }

    JsonNode transport(String name) throws Exception {
        for (JsonNode t : status().path("transports")) {
            if (t.path("name").asText().equals(name)) {
                return t;
            }
        }
        throw new AssertionError("no transport " + name);
    }

    String state(String transport) throws Exception {
        return transport(transport).path("state").asText();
    }

    void awaitState(String transport, String state) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(state(transport)).as(transport).isEqualTo(state));
    }

    int number(String transport, String field) throws Exception {
        return transport(transport).path(field).asInt();
    }

    /** The status of the answer. */
    int post(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + bundle.bundle().managementPort() + path);
        var request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** {@code address: reply} of each recipient of each dead letter. */
    List<String> dead() throws Exception {
        List<String> all = new ArrayList<>();
        for (JsonNode letter : JSON.readTree(bundle.get("/api/dead")).path("items")) {
            for (JsonNode r : letter.path("recipients")) {
                all.add(r.path("address").asText() + ": " + r.path("reply").asText());
            }
        }
        return all;
    }

    /**
     * Promise 2, in numbers. They are asked for one after the other, so while a delivery is under way they may not fit for
     * a moment: waited for.
     */
    void awaitTotals(int accepted, int delivered, int dead, int queued) {
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode t = status().path("totals");
            assertThat(t.path("accepted") + " = " + t.path("delivered") + " + " + t.path("dead") + " + "
                            + t.path("queued"))
                    .isEqualTo(accepted + " = " + delivered + " + " + dead + " + " + queued);
        });
    }
}
