package io.m365mail.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.BundleConfig.Rule;
import io.m365mail.config.Cloud;
import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Recipient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may send to whom by which way, without a rule and against one. */
class TransportChoiceTest {
    private static final List<String> DOMAINS = List.of("contoso.com", "contoso.jp");
    private static final TransportConfig.Limits LIMITS = new TransportConfig.Limits(0, 10, 0, 500, 200, 100, 0);
    private static final TransportConfig.Target TARGET =
            new TransportConfig.Target(null, 25, "require", null, null, null);

    private static final TransportConfig MX =
            new TransportConfig.DirectSend("mx", TARGET, LIMITS, Cloud.WORLDWIDE, DOMAINS);
    private static final TransportConfig RELAY =
            new TransportConfig.Relay("connector", TARGET, LIMITS, Cloud.WORLDWIDE, null, null, DOMAINS);
    private static final TransportConfig CERTIFIED = new TransportConfig.Relay(
            "certified", TARGET, LIMITS, Cloud.WORLDWIDE, Path.of("x"), Secret.of("x"), DOMAINS);
    private static final TransportConfig OLD = new TransportConfig.Server("old", TARGET, LIMITS, null, null);

    private static TransportConfig mailbox(String name, boolean highVolume, String... senders) {
        String address = name + "@contoso.com";
        return new TransportConfig.SmtpAuth(
                name,
                TARGET,
                LIMITS,
                address,
                "login",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(senders),
                false,
                highVolume,
                DOMAINS);
    }

    private static String choice(List<TransportConfig> transports, String from, String to, int recipients) {
        var chosen = new TransportChoice(transports, List.of()).choose("smtp", from, to, 4, recipients);
        return chosen.transport() == null ? chosen.reason() : chosen.transport().name();
    }

    @ParameterizedTest
    @CsvSource({
        // The sender's own mailbox, then a shared one, then direct send inside and relay outside.
        "alerts@contoso.com, bob@contoso.com,   1,   alerts",
        "alerts@contoso.com, bob@fabrikam.com,  1,   alerts",
        "ALERTS@contoso.com, bob@fabrikam.com,  1,   alerts",
        "noreply@contoso.com, bob@fabrikam.com, 1,   shared",
        "erp@contoso.com,    bob@contoso.com,   1,   mx",
        "erp@contoso.com,    bob@CONTOSO.jp,    1,   mx",
        "erp@contoso.com,    bob@fabrikam.com,  1,   connector",
        "erp@contoso.com,    bob@x.contoso.com, 1,   connector",
        "erp@fabrikam.com,   bob@contoso.com,   1,   mx",
        // Bulk above what a mailbox takes in one message.
        "alerts@contoso.com, bob@contoso.com,   500, alerts",
        "alerts@contoso.com, bob@contoso.com,   501, mx",
        "alerts@contoso.com, bob@fabrikam.com,  501, connector",
        // Accounts of High Volume Email reach the tenant only.
        "bulk@contoso.com,   bob@contoso.com,   1,   bulk",
        "bulk@contoso.com,   bob@fabrikam.com,  1,   connector",
    })
    void automatic(String from, String to, int recipients, String expected) {
        var transports = List.of(
                OLD,
                mailbox("shared", false, "noreply@contoso.com"),
                mailbox("alerts", false, "alerts@contoso.com"),
                mailbox("bulk", true, "bulk@contoso.com"),
                RELAY,
                MX);
        assertThat(choice(transports, from, to, recipients)).isEqualTo(expected);
    }

    @Test
    void aRelayCarriesWhatIsInsideToo() {
        assertThat(choice(List.of(RELAY), "erp@contoso.com", "bob@contoso.com", 1))
                .isEqualTo("connector");
    }

    @Test
    void bulkStaysWithTheMailboxWhereNothingElseCarriesIt() {
        assertThat(choice(List.of(mailbox("alerts", false), MX), "alerts@contoso.com", "bob@fabrikam.com", 501))
                .isEqualTo("alerts");
    }

    @Test
    void theNullSenderNeedsACertificate() {
        assertThat(choice(List.of(RELAY), "", "bob@contoso.com", 1))
                .contains("m365.transport.connector.key-store", "m365.rewrite.<n>.default-from")
                .doesNotContain("add the sender");
        assertThat(choice(List.of(RELAY, CERTIFIED), "", "bob@fabrikam.com", 1)).isEqualTo("certified");
        assertThat(choice(List.of(RELAY, MX), "", "bob@contoso.com", 1)).isEqualTo("mx");
    }

    @Test
    void whatDoesNotFitNamesEachKeyThatWouldHelp() {
        assertThat(choice(List.of(MX, OLD), "erp@contoso.com", "bob@fabrikam.com", 1))
                .startsWith("no transport carries mail from <erp@contoso.com> to <bob@fabrikam.com>: ")
                .contains("(direct-send)", "type relay or smtp-auth", "m365.transport.<name>.senders");
        assertThat(choice(List.of(MX, RELAY), "erp@fabrikam.com", "bob@fabrikam.com", 1))
                .contains("m365.domains", "(relay)", "<erp@fabrikam.com>");
    }

    @Test
    void aRuleComesFirstButCannotDoWhatItsTransportCannot() {
        var rules = List.of(
                new Rule(1, null, List.of("*@old.contoso.com"), null, null, "old"),
                new Rule(2, null, List.of("*@fabrikam.com"), null, null, "mx"),
                new Rule(3, List.of("*@fabrikam.com"), null, null, null, "connector"));
        var choice = new TransportChoice(List.of(MX, RELAY, OLD), rules);
        assertThat(choice.choose("s", "erp@contoso.com", "bob@old.contoso.com", 4)
                        .transport())
                .isEqualTo(OLD);
        assertThat(choice.choose("s", "erp@contoso.com", "bob@fabrikam.com", 4).reason())
                .startsWith("m365.route.2 names transport mx, but <bob@fabrikam.com> is outside m365.domains");
        assertThat(choice.choose("s", "erp@fabrikam.com", "bob@contoso.com", 4).reason())
                .startsWith("m365.route.3 names transport connector, but transport connector (relay) sends for");
    }

    /** Random lists against a plain count. */
    @Test
    void transactionsKeepBothLimitsAndLoseNobody() {
        long seed = System.nanoTime();
        System.out.println("TransportChoiceTest seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            int perMessage = 1 + random.nextInt(60);
            int perDomain = random.nextInt(20);
            List<Recipient> all = new ArrayList<>();
            for (int i = random.nextInt(400); i >= 0; i--) {
                all.add(Recipient.of("u" + i + "@d" + random.nextInt(6) + ".example"));
            }
            var parts = Transactions.of(all, new TransportConfig.Limits(0, 1, 0, perMessage, perDomain, 0, 0));
            assertThat(parts.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(all);
            for (List<Recipient> part : parts) {
                assertThat(part.size()).isBetween(1, perMessage);
                Map<String, Integer> count = new HashMap<>();
                part.forEach(r -> count.merge(r.domain(), 1, Integer::sum));
                assertThat(count.values()).allMatch(n -> perDomain == 0 || n <= perDomain);
            }
            if (perDomain == 0) {
                assertThat(parts).hasSize((all.size() + perMessage - 1) / perMessage);
            }
        }
    }
}
