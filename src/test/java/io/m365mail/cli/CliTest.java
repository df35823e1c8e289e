package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands in this process, against a stand-in of the API. */
class CliTest extends CommandTest {
    private static final String STATUS =
            """
            {"version":"0.1.0","uptimeSeconds":3725,"hostname":"relay.contoso.com",
             "sources":[{"name":"smtp","type":"smtp","state":"listening","detail":"127.0.0.1:2525"}],
             "transports":[
              {"name":"alerts","type":"smtp-auth","state":"%s","reason":"535 5.7.3\\u001b[2J no","since":"2026-11-22T07:00:00Z",
               "until":null,"queued":12,"delayed":3,"inDelivery":1,"connections":2,"usedLastMinute":29,"perMinute":30,
               "usedLastDay":812,"perDay":10000},
              {"name":"onprem","type":"server","state":"open","queued":0,"delayed":0,"inDelivery":0,"connections":10,"connectionsNow":2,
               "usedLastMinute":5,"perMinute":0,"usedLastDay":70,"perDay":0}],
             "submit":{"queued":4},"dead":{"count":2},
             "totals":{"accepted":100,"delivered":83,"dead":2,"queued":15}}
            """;

    @Test
    void checkOfAGoodConfigurationSaysWhatItComesTo() throws IOException {
        configure("m365.transport.own.type=server\nm365.transport.own.host=mail.contoso.com\n");
        assertThat(runOn("check")).isZero();
        assertThat(out.toString())
                .contains("no mistakes")
                .containsPattern("smtp +smtp +127.0.0.1:2525")
                .containsPattern("own +server +mail.contoso.com:25 +no limit +10 +no limit");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void checkReportsAllMistakesAndEndsWithTwo() throws IOException {
        configure("m365.domain=contoso.com\nm365.source.smtp.port=70000\n");
        assertThat(runOn("check")).isEqualTo(2);
        assertThat(out.toString())
                .contains("2 mistakes", "line 1: m365.domain", "m365.domains", "line 2: m365.source.smtp.port = 70000");
    }

    @Test
    void checkAsJson() throws IOException {
        configure("m365.management.token=short\n");
        assertThat(runOn("check", "--json")).isEqualTo(2);
        assertThat(json().path("ok").asBoolean()).isFalse();
        JsonNode mistake = json().path("mistakes").path(0);
        assertThat(mistake.path("key").asText()).isEqualTo("m365.management.token");
        assertThat(mistake.path("line").asInt()).isEqualTo(1);
        assertThat(mistake.path("value").asText()).isEqualTo("***");
        assertThat(mistake.path("reason").asText()).isNotBlank();
        assertThat(mistake.path("cure").asText()).isNotBlank();
    }

    @Test
    void runAndStatusRefuseAWrongConfigurationOnStandardError() throws IOException {
        configure("m365.management.port=none\n");
        assertThat(runOn("run")).isEqualTo(2);
        assertThat(runOn("status")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("m365.management.port = none");
    }

    @Test
    void statusIsATable() {
        api.on("GET /api/status", 200, STATUS.formatted("open"));
        assertThat(runOn("status")).isZero();
        assertThat(out.toString().lines().map(String::strip))
                .contains("m365-mail-routes 0.1.0 on relay.contoso.com, up 1 h 2 min")
                .anyMatch(l -> l.matches("alerts +smtp-auth +open +12 +3 +1 +2 +29/30 +812/10000"))
                .anyMatch(l -> l.matches("onprem +server +open +0 +0 +0 +2 of 10 +5 +70"))
                .contains("recipients: 100 accepted = 83 delivered + 2 dead + 15 queued");
    }

    /** @param totals what is not in the others of {@link #STATUS} */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "queuedAtStart":0,"queuedExact":true|recipients: 100 accepted = 83 delivered + 2 dead + 15 queued
                    "queuedAtStart":7,"cancelled":3|recipients: 7 queued at the start + 100 accepted = 83 delivered + 2 dead + 3 cancelled + 15 queued
                    "queuedAtStart":null,"cancelled":3|recipients: 100 accepted, 83 delivered, 2 dead, 3 cancelled by this instance; 15 queued for all
                    "queuedAtStart":null,"queuedExact":false|recipients: 100 accepted, 83 delivered, 2 dead by this instance; at least 15 queued for all
                    """)
    void recipientsAddUpWhereThisIsTheOnlyInstance(String totals, String line) {
        api.on("GET /api/status", 200, STATUS.formatted("open").replace("\"queued\":15", "\"queued\":15," + totals));
        assertThat(runOn("status")).isZero();
        assertThat(out.toString().lines()).contains(line);
    }

    @Test
    void aHeldTransportIsNotFineAndItsReasonCannotSteerTheTerminal() {
        api.on("GET /api/status", 200, STATUS.formatted("held"));
        assertThat(runOn("status")).isEqualTo(1);
        assertThat(out.toString()).containsPattern("alerts is held since 2026-11-2\\d \\S+: 535 5.7.3\\?\\[2J no");
        assertThat(out.toString()).doesNotContain("\u001b");
    }

    @Test
    void aParkedTransportIsFine() throws IOException {
        api.on("GET /api/status", 200, STATUS.formatted("parked"));
        assertThat(runOn("status", "--json")).isZero();
        assertThat(json().path("transports").path(0).path("state").asText()).isEqualTo("parked");
    }

    @Test
    void aBundleThatIsNotRunningIsSaidSo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            configure("m365.management.port=" + taken.getLocalPort() + "\n");
        }
        assertThat(runOn("status")).isEqualTo(1);
        assertThat(err.toString())
                .contains("no bundle answers at http://127.0.0.1:")
                .contains("m365-mail run");
    }

    @Test
    void theTokenIsSentAndNeverShown() throws IOException {
        configure("m365.management.port=" + api.port() + "\nm365.management.token=0123456789abcdef\n");
        api.on("GET /api/status", 401, "{\"error\":\"no\"}");
        assertThat(runOn("status")).isEqualTo(1);
        assertThat(api.calls.get(0).authorization()).isEqualTo("Bearer 0123456789abcdef");
        assertThat(err.toString()).contains("m365.management.token").doesNotContain("0123456789abcdef");
    }

    @Test
    void somethingElseOnThePortIsSaidSo() {
        api.on("GET /api/status", 200, "<html>hello</html>");
        assertThat(runOn("status")).isEqualTo(1);
        assertThat(err.toString()).contains("perhaps no m365-mail bundle");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "check --help", "send --help", "status --help", "dead --help", "dead list --help"})
    void everyCommandHasHelp(String args) {
        assertThat(run(args.split(" "))).isZero();
        assertThat(out.toString()).contains("Usage: m365-mail");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "frobnicate", "check --jsno", "send --from a@b.c", "dead", "dead show", "dead drop"})
    void wrongUsageIsTwo(String args) {
        assertThat(run(args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(2);
        assertThat(err.toString()).containsPattern("Usage: m365-mail|Did you mean|Possible solutions");
        assertThat(out.toString()).isEmpty();
    }
}
