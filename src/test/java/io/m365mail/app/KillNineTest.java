package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at ten random moments under load, two of them while the bundle starts: {@code accepted = delivered + dead
 * + queued} after each look at what is on disk and at the end, limits hold across the kills, and each duplicate has one of
 * three causes: Exchange Online's 250 came but not our commit (same submission), a confirmation was lost and the client
 * handed the message in again, or a file was accepted but not yet moved (another submission).
 */
@Timeout(400)
class KillNineTest {
    private static final int KILLS = 10;
    private static final Set<Integer> AT_START = Set.of(4, 8);
    private static final Set<Integer> INSPECTED = Set.of(3, 6, KILLS);
    private static final int CONNECTIONS = 3 + 4;
    private static final String ALERTS = "alerts@contoso.com";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void nothingIsLost() throws Exception {
        System.out.println("seed " + seed);
        long begin = System.nanoTime();
        try (Sandbox sandbox = Sandbox.builder(folder.resolve("sandbox"))
                .limits(SandboxLimits.none())
                .build()) {
            sandbox.mailbox(ALERTS, "secret1");
            sandbox.mailbox("bulk@contoso.com", "secret2");
            sandbox.start();
            Path properties = Files.writeString(
                    folder.resolve("more.properties"),
                    "m365.retry.initial=200ms\nm365.retry.maximum=1s\n"
                            + RunningBundle.mailbox("alerts", sandbox, ALERTS, "secret1")
                            + RunningBundle.mailbox("bulk", sandbox, "bulk@contoso.com", "secret2")
                            + "m365.transport.bulk.messages-per-minute=0\n"
                            + "m365.transport.bulk.recipients-per-day=0\n"
                            + "m365.transport.bulk.connections=4\n");
            Path pickup = Files.createDirectories(pickup());
            try (var load = new NumberedLoad(pickup)) {
                load.start();
                for (int kill = 1; kill <= KILLS; kill++) {
                    killOnce(kill, properties, load);
                    if (INSPECTED.contains(kill)) {
                        checkOnDisk(kill, sandbox, load);
                    }
                }
                try (var last = new KilledBundle(folder, properties)) {
                    load.target(last.awaitReady());
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> load.accepted().size() > load.files());
                    load.target(null);
                    load.close();
                    awaitDrained(last, pickup);
                    checkAtTheEnd(last, sandbox, load);
                }
            }
            System.out.printf("took %d s%n", (System.nanoTime() - begin) / 1_000_000_000);
        }
    }

    private Path pickup() {
        return folder.resolve("data").resolve("pickup");
    }

    private void killOnce(int kill, Path properties, NumberedLoad load) throws Exception {
        var bundle = new KilledBundle(folder, properties);
        if (!AT_START.contains(kill)) {
            load.target(bundle.awaitReady());
        }
        bundle.killAfter(Duration.ofMillis(200 + random.nextInt(2300)));
        load.target(null);
    }

    private void checkOnDisk(int kill, Sandbox sandbox, NumberedLoad load) throws Exception {
        DurableState state = DurableState.read(folder);
        Set<String> delivered = deliveredPairs(sandbox);
        Set<String> queued = unique(state.queued());
        Set<String> dead = unique(state.dead());
        Set<String> both = new HashSet<>(queued);
        both.retainAll(delivered);
        System.out.printf(
                "kill %d: %d delivered + %d dead + %d queued, %d of them delivered and not yet committed, %d submitted%n",
                kill,
                delivered.size(),
                dead.size(),
                queued.size(),
                both.size(),
                state.submitted().size());
        assertThat(both).as("in delivery at the kill").hasSizeLessThanOrEqualTo(3 * CONNECTIONS);
        assertThat(dead).doesNotContainAnyElementsOf(queued).doesNotContainAnyElementsOf(delivered);
        Set<String> somewhere = new HashSet<>(state.submitted());
        Stream.of(delivered, dead, queued)
                .flatMap(Set::stream)
                .map(KillNineTest::address)
                .forEach(somewhere::add);
        assertThat(somewhere).containsAll(recipients(load.accepted()));
    }

    private void awaitDrained(KilledBundle bundle, Path pickup) {
        await().atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    JsonNode status = JSON.readTree(bundle.get("/api/status"));
                    long left = status.get("submit").get("queued").asLong();
                    for (JsonNode t : status.get("transports")) {
                        left += t.get("queued").asLong()
                                + t.get("delayed").asLong()
                                + t.get("inDelivery").asLong();
                    }
                    try (Stream<Path> files =
                            Stream.concat(Files.list(pickup), Files.list(pickup.resolve(".claimed")))) {
                        return left == 0 && files.noneMatch(f -> f.toString().endsWith(".eml"));
                    }
                });
    }

    private void checkAtTheEnd(KilledBundle bundle, Sandbox sandbox, NumberedLoad load) throws Exception {
        JsonNode totals = JSON.readTree(bundle.get("/api/status")).get("totals");
        assertThat(totals.get("queuedAtStart").asInt() + totals.get("accepted").asInt())
                .as("since the last kill: %s", totals)
                .isEqualTo(totals.get("delivered").asInt()
                        + totals.get("dead").asInt()
                        + totals.get("queued").asInt());
        Set<String> dead = new HashSet<>();
        for (JsonNode letter :
                JSON.readTree(bundle.get("/api/dead?limit=100000")).get("items")) {
            for (JsonNode r : letter.get("recipients")) {
                assertThat(r.get("reply").asText()).startsWith("550 5.1.10");
                dead.add(r.get("address").asText());
            }
        }
        Set<String> delivered =
                deliveredPairs(sandbox).stream().map(KillNineTest::address).collect(Collectors.toSet());
        List<NumberedLoad.Message> accepted = load.accepted();
        assertThat(accepted).as("with files").hasSizeGreaterThan(load.files());
        for (String recipient : recipients(accepted)) {
            assertThat(recipient.startsWith("reject") ? dead : delivered).contains(recipient);
        }
        assertThat(dead).doesNotContainAnyElementsOf(delivered);
        checkDuplicates(sandbox, load);
        System.out.printf(
                "accepted %d messages, %d recipients: %d delivered, %d dead (and what was not confirmed)%n",
                accepted.size(), recipients(accepted).size(), delivered.size(), dead.size());
        System.out.printf(
                "alerts: %d messages, at most %d in any 60 s%n",
                sandbox.log().received().stream()
                        .filter(m -> m.mailbox().equals(ALERTS))
                        .count(),
                sandbox.log().maxPerSlidingMinute(ALERTS));
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS)).isLessThanOrEqualTo(30);
        assertThat(sandbox.log().maxConnections(ALERTS)).isLessThanOrEqualTo(3);
    }

    private static void checkDuplicates(Sandbox sandbox, NumberedLoad load) {
        Map<String, Set<String>> submissions = new TreeMap<>();
        Map<String, Integer> transactions = new HashMap<>();
        for (ReceivedMessage m : sandbox.log().received()) {
            for (String r : m.recipients()) {
                submissions.computeIfAbsent(number(r), n -> new HashSet<>()).add(m.traceId());
                transactions.merge(m.traceId() + " " + r, 1, Integer::sum);
            }
        }
        long uncommitted = transactions.keySet().stream()
                .filter(k -> transactions.get(k) > 1)
                .map(k -> k.split(" ")[0])
                .distinct()
                .count();
        int again = submissions.values().stream().mapToInt(s -> s.size() - 1).sum();
        System.out.printf(
                "duplicates: %d messages by a 250 that came before the kill and a commit that did not (at most %d),"
                        + " %d submissions by clients and files (%d times handed in again, %d kills)%n",
                uncommitted, CONNECTIONS * KILLS, again, load.repetitions(), KILLS);
        assertThat(uncommitted).isLessThanOrEqualTo((long) CONNECTIONS * KILLS);
        assertThat(again).isLessThanOrEqualTo(load.repetitions() + KILLS);
    }

    private static Set<String> deliveredPairs(Sandbox sandbox) {
        return sandbox.log().received().stream()
                .flatMap(m -> m.recipients().stream().map(r -> m.traceId() + " " + r))
                .collect(Collectors.toSet());
    }

    /** Nothing stands twice on disk. */
    private static Set<String> unique(Collection<String> pairs) {
        assertThat(pairs).doesNotHaveDuplicates();
        return new HashSet<>(pairs);
    }

    private static String address(String pair) {
        return pair.substring(pair.indexOf(' ') + 1);
    }

    private static String number(String recipient) {
        return recipient.substring(recipient.indexOf('+') + 1, recipient.indexOf('@'));
    }

    private static List<String> recipients(List<NumberedLoad.Message> messages) {
        List<String> all = new ArrayList<>();
        messages.forEach(m -> all.addAll(m.to()));
        return all;
    }
}
