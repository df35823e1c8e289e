package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class DeadCommandTest extends CommandTest {
    private static final String ITEM =
            """
            {"id":"ID:1/a","at":"2026-11-22T07:00:00Z","source":"smtp","transport":"alerts","from":"",
             "recipients":[{"address":"a@contoso.com","reply":"550 5.1.1 no\\u0007 such","stage":"RCPT"},
                           {"address":"b@contoso.com","reply":"550 5.4.1 no","stage":"RCPT"}],
             "reason":"no such mailbox","attempts":2,"size":1234,"subject":"Disk\\r\\nfull","headers":%s}
            """;

    @Test
    void anEmptyList() {
        api.on("GET /api/dead", 200, "{\"total\":0,\"items\":[]}");
        assertThat(runOn("dead", "list")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("no dead letters");
    }

    @Test
    void theListIsATableAndSaysWhatItLeavesOut() {
        api.on("GET /api/dead", 200, "{\"total\":7,\"items\":[" + ITEM.formatted("null") + "]}");
        assertThat(runOn("dead", "list", "--limit", "1")).isZero();
        assertThat(api.calls.get(0).query()).isEqualTo("limit=1");
        assertThat(out.toString().lines().map(String::strip).toList().get(1))
                .matches(
                        "ID:1/a  2026-11-2\\d \\S+  smtp +alerts +<> +a@contoso.com \\+1  no such mailbox  Disk\\?\\?full");
        assertThat(out.toString()).contains("1 of 7 are shown; --limit 7 shows all");
    }

    @Test
    void showHasEachReplyAndTheHeaders() {
        api.on(
                "GET /api/dead/ID%3A1%2Fa",
                200, ITEM.formatted("\"From: x\\r\\nSubject: \\u001b[2Jy\\r\\n\\tz\\r\\n\""));
        assertThat(runOn("dead", "show", "ID:1/a")).isZero();
        assertThat(out.toString().lines())
                .contains("reason:    no such mailbox", "size:      1234 bytes", "From: x", "Subject: ?[2Jy", " z")
                .anyMatch(l -> l.matches("a@contoso.com  RCPT +550 5.1.1 no\\? such"));
    }

    @Test
    void whatTheApiSaysIsShown() {
        assertThat(runOn("dead", "show", "none")).isEqualTo(1);
        assertThat(err.toString()).contains("There is no such thing.");
    }

    @Test
    void replayOfSomeGoesOnAfterOneThatFails() {
        api.on("POST /api/dead/a/replay", 200, "{\"replayed\":1}")
                .on("POST /api/dead/c/replay", 200, "{\"replayed\":1}");
        assertThat(runOn("dead", "replay", "a", "b", "c")).isEqualTo(1);
        assertThat(out.toString()).contains("2 dead letters sent again");
        assertThat(err.toString()).contains("b: There is no such thing.");
    }

    @Test
    void replayOfAll() throws IOException {
        api.on("POST /api/dead/replay-all", 200, "{\"replayed\":12}");
        assertThat(runOn("dead", "replay", "--all", "--json")).isZero();
        assertThat(json().path("replayed").asInt()).isEqualTo(12);
    }

    @Test
    void replayWantsIdsOrAllButNotBoth() {
        assertThat(runOn("dead", "replay")).isEqualTo(2);
        assertThat(runOn("dead", "replay", "a", "--all")).isEqualTo(2);
        assertThat(api.calls).isEmpty();
    }

    @Test
    void drop() {
        api.on("DELETE /api/dead/a", 200, "{\"dropped\":1}");
        assertThat(runOn("dead", "drop", "a")).isZero();
        assertThat(out.toString()).contains("1 dead letter dropped");
    }
}
