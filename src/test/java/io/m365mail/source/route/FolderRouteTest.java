package io.m365mail.source.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.compose.JsonSubmissions;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Submission;
import io.m365mail.source.folder.ClaimByRename;
import io.m365mail.source.folder.ReadPickupFile;
import io.m365mail.source.folder.SettledFiles;
import io.m365mail.source.json.ReadJson;
import io.m365mail.testing.ManualClock;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code routes/source-folder.camel.yaml} on a real folder. */
@Timeout(60)
class FolderRouteTest extends SourceRoute {
    private static final Pattern ANY = Pattern.compile(".+");

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private volatile boolean vanishing;
    private FileTime written;

    @BeforeEach
    void startRoute() throws Exception {
        var json = new ReadJson("shop", new JsonSubmissions(folder, null, folder, 1 << 20));
        var registry = context.getRegistry();
        registry.bind("claim-shop", new ClaimByRename(folder, clock.asClock()));
        registry.bind("settled-shop", new SettledFiles(Duration.ZERO, ANY, System::nanoTime));
        var read = new ReadPickupFile("shop", json, clock.asClock());
        registry.bind("read-shop", (Processor) exchange -> {
            File file = exchange.getMessage().getBody(File.class);
            if (vanishing) {
                Files.delete(file.toPath());
            }
            exchange.getMessage().setBody(read.read(file, exchange));
        });
        run("source-folder", Map.of("name", "shop", "path", folder.toString()));
    }

    private void drop() throws Exception {
        Path part = Files.writeString(
                folder.resolve("a.part"),
                "X-Receiver: bob@fabrikam.com\nFrom: shop@contoso.com\nX-Priority: 1\n\nhello\n");
        written = Files.getLastModifiedTime(part);
        Files.move(part, folder.resolve("a.eml"));
    }

    private void awaitFile(String name) {
        await().until(() -> Files.exists(folder.resolve(name)));
    }

    @Test
    void aFileIsHandedOverAndDone() throws Exception {
        drop();
        awaitFile("done/a.eml");
        assertThat(handedOver()).hasSize(1);
        Submission s = handedOver().get(0);
        assertThat(s.source()).isEqualTo("shop");
        assertThat(s.envelope().from()).isEqualTo("shop@contoso.com");
        assertThat(s.envelope().recipients()).extracting(Recipient::address).containsExactly("bob@fabrikam.com");
        assertThat(s.priority()).isGreaterThan(4);
        assertThat(s.onceKey()).contains("shop", "a.eml");
        assertThat(refusals().getReceivedCounter()).isZero();
    }

    @Test
    void afterAFileThatVanishesWhileItIsReadTheNextOneGoes() throws Exception {
        vanishing = true;
        drop();
        await().until(() -> Files.notExists(folder.resolve("a.eml")));
        await().until(() -> Files.notExists(folder.resolve(".claimed/a.eml")));
        vanishing = false;
        drop();
        awaitFile("done/a.eml");
        assertThat(handedOver()).hasSize(1);
    }

    /** The process died between the broker's yes and the move: the key is the same, by which the intake knows it. */
    @Test
    void aFileThatACrashLeftClaimedIsHandedOverWithTheSameKey() throws Exception {
        drop();
        awaitFile("done/a.eml");
        Path again = Files.move(folder.resolve("done/a.eml"), folder.resolve(".claimed/a.eml"));
        Files.setLastModifiedTime(again, written);
        new ClaimByRename(folder, clock.asClock()).prepareOnStartup(null, null);
        awaitFile("done/a.eml");
        await().until(() -> handedOver().size() == 2);
        assertThat(handedOver().get(1).onceKey()).isEqualTo(handedOver().get(0).onceKey());
    }

    @Test
    void whatCanNeverBeSentIsADeadLetterAndFailed() throws Exception {
        answers(Answer.NEVER);
        drop();
        awaitFile("failed/a.eml.reason.txt");
        assertThat(folder.resolve("failed/a.eml.reason.txt")).content().contains("550 5.7.1 no transport carries it");
        assertThat(folder.resolve("failed/a.eml")).exists();
        assertThat(refusals().getReceivedCounter()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_NOW", "BROKEN"})
    void whatCannotBeTakenNowStaysAndIsTakenLater(Answer answer) throws Exception {
        answers(answer);
        drop();
        await().until(() -> handedOver().size() == 1);
        awaitFile("a.eml");
        answers(Answer.YES);
        clock.advance(Duration.ofSeconds(11));
        awaitFile("done/a.eml");
        assertThat(handedOver()).hasSize(2);
        assertThat(handedOver().get(1).onceKey()).isEqualTo(handedOver().get(0).onceKey());
        assertThat(refusals().getReceivedCounter()).isZero();
    }
}
