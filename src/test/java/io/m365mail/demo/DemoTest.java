package io.m365mail.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, as {@code ./m365-mail demo} runs it but for the process around it. */
class DemoTest {
    /** Pools that the JDK, Artemis and Awaitility keep for the whole JVM, whoever used them. */
    private static final Pattern OF_THE_JVM =
            Pattern.compile("^ForkJoinPool.commonPool|^CompletableFutureDelayScheduler"
                    + "|^awaitility|activemq-client-global|invm.-in-v-m-connector");

    @TempDir
    private Path folder;

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text, true);

    @Test
    void everythingArrivesAndNothingIsLeft() throws Exception {
        Set<Long> before = threads().keySet();
        assertThat(new Demo(folder).run(out, false)).as(text::toString).isZero();
        List<String> lines = text.toString().lines().map(String::stripTrailing).toList();
        assertThat(lines)
                .anyMatch(
                        l -> l.matches("Scan of delivery note 4711 +anna@contoso.com +smtp +printers +LOGIN +TLSv1.3"))
                .anyMatch(l -> l.matches("Your order 4711 +buyer@fabrikam.com +folder +alerts +XOAUTH2 +TLSv1.3"))
                .anyMatch(l -> l.matches(" +audit@contoso.com"))
                .anyMatch(l -> l.matches("Reminder: .* +carla@fabrikam.com +folder +connector +certificate +TLSv1.3"))
                .anyMatch(l -> l.matches("Reminder: .* +dora@contoso.com +folder +direct +- +TLSv1.3"))
                .anyMatch(l -> l.matches("Scan: contract.pdf +accounts@contoso.com +scan +direct +- +TLSv1.3"))
                .anyMatch(l -> l.matches("Order 4711 .* +hugo@contoso.com +database +onprem +LOGIN +TLSv1.3"))
                .anyMatch(l -> l.matches("Order 4711 .* +archive@contoso.com \\(copy\\) +database +onprem .*"))
                .anyMatch(l -> l.matches("Invoice 2026-4711 +bob@fabrikam.com +jms +alerts +XOAUTH2 .*"))
                .anyMatch(l -> l.contains("450 4.2.1"))
                .anyMatch(l -> l.contains("→ 1 cancelled"))
                .anyMatch(l -> l.matches(".*\"Your appointment at ten\" was due at .*"))
                .anyMatch(l -> l.contains("row 1 is SENT: 2 of 2 recipients sent"))
                .anyMatch(l -> l.contains("row 2 is BOUNCED: 550 5.1.10"))
                .anyMatch(l -> l.matches("  to unknown\\+carl@fabrikam.com: 550 5.4.1 .*"))
                .anyMatch(l -> l.contains("550 5.7.1 no transport carries mail from <ceo@fabrikam.com>"))
                .contains(
                        "Recipients: 15 accepted = 13 delivered + 1 dead + 0 queued + 1 cancelled.",
                        "Of the delivered, 1 came back later.");
        assertThat(lines).as("a page, no wall").hasSizeLessThan(100);
        assertThat(lines.stream().filter(l -> !l.contains(folder.toString()))).allMatch(l -> l.length() <= 110);
        assertThat(text.toString())
                .doesNotContain(
                        DemoTenant.CLIENT_SECRET,
                        DemoTenant.PRINTERS_PASSWORD,
                        DemoWorld.SERVER_PASSWORD,
                        DemoWorld.INBOX_PASSWORD);
        assertPortsAreFree();
        Awaitility.await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> {
            var left = threads();
            left.keySet().removeAll(before);
            assertThat(left.values()).isEmpty();
        });
    }

    @Test
    void keptItStaysUntilItIsStopped() throws Exception {
        var demo = new Demo(folder);
        var done = CompletableFuture.supplyAsync(() -> {
            try {
                return demo.run(out, true);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> done.isDone() || text.toString().contains("until Ctrl-C"));
        assertThat(done).isNotDone();
        Matcher port = Pattern.compile("health http://127.0.0.1:(\\d+)/").matcher(text.toString());
        Awaitility.await().until(port::find);
        var api = new DemoApi(Integer.parseInt(port.group(1)));
        assertThat(api.get("/api/status").path("totals").path("delivered").asInt())
                .isEqualTo(13);
        demo.stop();
        assertThat(done.get(60, TimeUnit.SECONDS)).isZero();
        assertPortsAreFree();
    }

    private void assertPortsAreFree() throws IOException {
        Matcher port = Pattern.compile("(?m)^m365\\.\\S*?(?:port|acceptor|authority)=\\S*?(\\d+)$")
                .matcher(Files.readString(folder.resolve("config/application.properties")));
        int ports = 0;
        while (port.find()) {
            new ServerSocket(Integer.parseInt(port.group(1)), 1, InetAddress.getByName("127.0.0.1")).close();
            ports++;
        }
        assertThat(ports).isEqualTo(10);
    }

    private static Map<Long, String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.isAlive()
                        && t.getThreadGroup() != null
                        && !t.getThreadGroup().getName().equals("system"))
                .filter(t -> !OF_THE_JVM.matcher(t.getName()).find())
                .collect(Collectors.toMap(Thread::getId, Thread::getName));
    }
}
