package io.m365mail.source.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.compose.FileMail;
import io.m365mail.config.SourceConfig;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Submission;
import io.m365mail.source.folder.ClaimByRename;
import io.m365mail.source.folder.ReadScannedFile;
import io.m365mail.source.folder.SettledFiles;
import io.m365mail.testing.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code routes/source-scan.camel.yaml} on a real folder. */
@Timeout(60)
class ScanRouteTest extends SourceRoute {
    @TempDir
    private Path folder;

    @TempDir
    private Path spool;

    private final ManualClock clock = new ManualClock();

    @BeforeEach
    void startRoute() throws Exception {
        var config = new SourceConfig.Scan("copier", folder, "copier@contoso.com", null, Duration.ZERO);
        var registry = context.getRegistry();
        registry.bind("claim-copier", new ClaimByRename(folder, clock.asClock()));
        registry.bind("settled-copier", new SettledFiles(Duration.ZERO, Pattern.compile(".+"), System::nanoTime));
        registry.bind(
                "read-copier",
                new ReadScannedFile(config, new FileMail(null, null, spool), clock.asClock(), ZoneOffset.UTC));
        run("source-scan", Map.of("name", "copier", "path", folder.toString()));
    }

    private void scan(String recipient) throws Exception {
        Path inbox = Files.createDirectories(folder.resolve(recipient));
        Path part = Files.writeString(inbox.resolve("a.part"), "%PDF-1.4\nscanned\n%%EOF\n");
        Files.move(part, inbox.resolve("a.pdf"));
    }

    private void awaitFile(String name) {
        await().until(() -> Files.exists(folder.resolve(name)));
    }

    @Test
    void aScanIsHandedOverAsAnAttachmentForItsFolder() throws Exception {
        // While the intake has it the file is there to be read.
        getMockEndpoint("mock:direct:intake").whenAnyExchangeReceived(this::readWhole);
        scan("bob@fabrikam.com");
        awaitFile("done/bob@fabrikam.com/a.pdf");
        getMockEndpoint("mock:direct:intake").assertIsSatisfied();
    }

    private void readWhole(Exchange exchange) throws Exception {
        Submission s = exchange.getMessage().getBody(Submission.class);
        assertThat(s.source()).isEqualTo("copier");
        assertThat(s.envelope().from()).isEqualTo("copier@contoso.com");
        assertThat(s.envelope().recipients()).extracting(Recipient::address).containsExactly("bob@fabrikam.com");
        assertThat(s.onceKey()).contains("copier", "a.pdf");
        assertThat(new String(s.content().toBytes(), UTF_8)).contains("application/pdf; name=a.pdf");
    }

    @Test
    void whatCanNeverBeSentIsADeadLetterAndFailed() throws Exception {
        answers(Answer.NEVER);
        scan("bob@fabrikam.com");
        awaitFile("failed/bob@fabrikam.com/a.pdf.reason.txt");
        assertThat(refusals().getReceivedCounter()).isEqualTo(1);
    }

    @Test
    void aFolderThatIsNoAddressNeverReachesTheIntake() throws Exception {
        scan("somebody");
        awaitFile("failed/somebody/a.pdf.reason.txt");
        assertThat(handedOver()).isEmpty();
        assertThat(refusals().getReceivedCounter()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_NOW", "BROKEN"})
    void whatCannotBeTakenNowStaysAndIsTakenLater(Answer answer) throws Exception {
        answers(answer);
        scan("bob@fabrikam.com");
        await().until(() -> handedOver().size() == 1);
        awaitFile("bob@fabrikam.com/a.pdf");
        answers(Answer.YES);
        clock.advance(Duration.ofSeconds(11));
        awaitFile("done/bob@fabrikam.com/a.pdf");
        assertThat(handedOver()).hasSize(2);
        assertThat(refusals().getReceivedCounter()).isZero();
    }
}
