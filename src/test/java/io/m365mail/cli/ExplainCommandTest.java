package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExplainCommandTest {
    private final StringWriter out = new StringWriter();

    private int run(String stdin, String... args) {
        return new CommandLine(new ExplainCommand(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8))))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(new StringWriter()))
                .execute(args);
    }

    @Test
    void joinsItsWords() {
        assertThat(run("", "550", "5.7.60", "SMTP;", "Client", "does", "not")).isZero();
        assertThat(out.toString())
                .contains("Reply       550 5.7.60 SMTP; Client does not", "DEAD_MESSAGE", "Add-RecipientPermission");
    }

    @Test
    void readsStandardInput() {
        assertThat(run("Final-Recipient: rfc822;a@b.c\nDiagnostic-Code: smtp;550 5.1.10 Recipient not found\n", "-"))
                .isZero();
        assertThat(out.toString()).contains("DEAD_RECIPIENT");
    }

    @Test
    void printsJson() throws Exception {
        assertThat(run("", "--json", "5.7.708")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("row").asText()).isEqualTo("ip-not-accepted");
        assertThat(json.get("verdict").asText()).isEqualTo("HOLD");
        assertThat(json.at("/sources/0/key").asText()).isEqualTo("NDR");
    }

    @Test
    void whatItDoesNotKnowIsExitCodeOne() {
        assertThat(run("", "no reply at all")).isEqualTo(1);
        assertThat(out.toString()).contains("There is no SMTP reply in this text");
    }

    @Test
    void withoutWordsItIsAUsageError() {
        assertThat(run("")).isEqualTo(2);
    }
}
