package io.m365mail.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.app.Bundle;
import io.m365mail.config.ConfigLoader;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.terminal.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Starts the product and the sandbox in this process, hands in mail by every source, watches it arrive, and says what
 * happened and why. Nothing it prints about an outcome is known beforehand: it comes from the sandbox's log and the
 * bundle's API, and what is missing makes it fail. When {@link #run} returns, ports and threads are released; the folder
 * is the caller's to remove.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;

    private static final Map<String, String> CARRIES = Map.of(
            "alerts", "what alerts@contoso.com sends: a mailbox, by OAuth",
            "printers", "what printer-*@contoso.com sends: a mailbox, by password; it becomes their From",
            "direct", "other mail to contoso.com: to the tenant's MX, nobody logs in",
            "connector", "other mail to elsewhere: to the same MX, known by a certificate; a copy goes to onprem",
            "onprem", "what a rule says: the company's own server, for those who have not moved yet");

    private final Path path;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** @param folder an empty folder for everything that the demo makes */
    public Demo(Path folder) {
        this.path = folder.toAbsolutePath();
    }

    /** Ends {@link #run} soon, from another thread. */
    public void stop() {
        stop.countDown();
    }

    /**
     * @param keep stay up afterwards, until {@link #stop}
     * @return 0 when everything that should arrive has arrived, once, and what should not is a dead letter; else 1
     * @throws Exception when something cannot be started, with the reason
     */
    public int run(PrintWriter out, boolean keep) throws Exception {
        var story = new Story(out);
        story.plain(
                "m365-mail demo: the relay, and stand-ins for Exchange Online (\"the sandbox\") and a company's own mail server.");
        story.plain("Nothing leaves this machine. Everything lies in " + path + ".");
        story.chapter("1. Start");
        try (DemoWorld world = DemoWorld.start(path.resolve("sandbox"))) {
            story.tell(
                    "sandbox",
                    "It plays the tenant contoso.com: mailboxes by OAuth and by password, MX, connector, DNS.");
            DemoFolder folder = DemoFolder.write(path, world);
            var bundle = new Bundle(new ConfigLoader().load(folder.config()));
            try {
                bundle.start();
                var api = new DemoApi(folder.apiPort());
                introduce(story, api);
                boolean fine = play(story, folder, world, api);
                if (keep && fine) {
                    stay(story, folder);
                }
                return fine ? 0 : 1;
            } finally {
                bundle.stop();
            }
        }
    }

    /** The ways in explain themselves by what comes in. */
    private static void introduce(Story story, DemoApi api) throws IOException {
        story.tell("relay", "Up, with six ways in and five out, by config/application.properties in that folder:");
        var table = new Table("WAY OUT", "TYPE", "CARRIES");
        for (JsonNode t : api.get("/api/status").path("transports")) {
            String name = t.path("name").asText();
            table.row(name, t.path("type").asText(), CARRIES.get(name));
        }
        story.show(table::print);
    }

    private boolean play(Story story, DemoFolder folder, DemoWorld world, DemoApi api) throws Exception {
        story.chapter("2. Devices and systems hand in their mail");
        var handIn = new HandIn(story, folder, world, api, stop);
        handIn.all();
        story.chapter("3. The relay sends it");
        boolean settled = settle(new Watch(story, world, handIn.due()), api);
        if (stop.getCount() == 0) {
            story.chapter("Interrupted before the end.");
            return false;
        }
        var arrivals = new Arrivals(world);
        story.chapter("4. What arrived at Exchange Online and at the company's own server");
        story.show(arrivals::print);
        String replyTo = arrivals.fieldOf(DemoMessages.SCAN, "Reply-To");
        if (!replyTo.isEmpty()) {
            story.plain("");
            story.plain("A mailbox may only send as itself: the scan's From is now "
                    + arrivals.fieldOf(DemoMessages.SCAN, "From") + ",");
            story.plain("answers go to " + replyTo + ", and its body was not changed.");
        }
        JsonNode status = api.get("/api/status");
        story.chapter("5. What it used of Exchange Online's limits");
        story.show(out -> limits(status, world.sandbox(), out));
        JsonNode dead = api.get("/api/dead");
        story.chapter("6. What could not be delivered is kept");
        dead.path("items").forEach(item -> deadLetter(story, item));
        return verdict(story, settled, arrivals, Balance.of(status));
    }

    /** @return false when the time was over before everything was delivered or dead */
    private boolean settle(Watch watch, DemoApi api) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int due = DemoMessages.ARRIVE.size() + DemoMessages.DIE.size();
        while (System.nanoTime() < end) {
            watch.look();
            Balance balance = Balance.of(api.get("/api/status"));
            if (balance.delivered() + balance.dead() >= due
                    && balance.closes()
                    && balance.queued() == 0
                    && balance.bounced() == DemoMessages.COME_BACK.size()
                    && watch.rowsAreDone()) {
                watch.look();
                return true;
            }
            if (stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return false;
    }

    /** Used as the sandbox counted it, the limit as the relay keeps it. */
    private static void limits(JsonNode status, Sandbox sandbox, PrintWriter out) {
        var table = new Table("MAILBOX", "MESSAGES A MINUTE", "CONNECTIONS AT ONCE", "RECIPIENTS A DAY");
        Map<String, String> mailboxes = Map.of("alerts", DemoTenant.ALERTS, "printers", DemoTenant.PRINTERS);
        for (JsonNode t : status.path("transports")) {
            String mailbox = mailboxes.get(t.path("name").asText());
            if (mailbox == null) {
                continue;
            }
            int recipients = sandbox.log().received().stream()
                    .filter(m -> m.mailbox().equals(mailbox))
                    .mapToInt(m -> m.recipients().size())
                    .sum();
            table.row(
                    mailbox,
                    sandbox.log().maxPerSlidingMinute(mailbox) + " of "
                            + t.path("perMinute").asText(),
                    sandbox.log().maxConnections(mailbox) + " of "
                            + t.path("connections").asText(),
                    recipients + " of " + t.path("perDay").asText());
        }
        table.print(out);
    }

    private static void deadLetter(Story story, JsonNode item) {
        story.plain("\"" + item.path("subject").asText() + "\" from "
                + item.path("from").asText());
        for (JsonNode r : item.path("recipients")) {
            story.plain("  to " + r.path("address").asText() + ": "
                    + r.path("reply").asText());
        }
        story.plain("When the cause is mended, this sends it again, to that recipient only:");
        story.plain("  ./m365-mail dead replay " + item.path("id").asText());
    }

    private static boolean verdict(Story story, boolean settled, Arrivals arrivals, Balance balance)
            throws IOException {
        List<String> mistakes = arrivals.mistakes();
        if (!settled) {
            mistakes.add("after " + PATIENCE.toSeconds() + " s not everything is delivered or dead");
        }
        if (!balance.closes()) {
            mistakes.add("the relay's figures do not add up");
        }
        if (arrivals.recipients() != balance.delivered()) {
            mistakes.add("the servers took " + arrivals.recipients() + " recipients, the relay counts "
                    + balance.delivered() + " as delivered");
        }
        if (balance.dead() != DemoMessages.DIE.size()) {
            mistakes.add("there are " + balance.dead() + " dead letters, not " + DemoMessages.DIE.size());
        }
        story.chapter(balance.toString());
        story.plain("Of the delivered, " + balance.bounced() + " came back later.");
        mistakes.forEach(m -> story.plain("NOT AS IT SHOULD BE: " + m));
        if (mistakes.isEmpty()) {
            story.plain("Everything arrived that can arrive, each message once.");
        }
        return mistakes.isEmpty();
    }

    private void stay(Story story, DemoFolder folder) throws InterruptedException {
        String config = " --config " + folder.config();
        String api = new DemoApi(folder.apiPort()).url();
        story.chapter("Still up, until Ctrl-C. Try:");
        story.plain("  ./m365-mail status" + config);
        story.plain("  ./m365-mail dead list" + config);
        story.plain("  ./m365-mail dead replay --all" + config);
        story.plain("  echo Hello | ./m365-mail send --from " + DemoTenant.ALERTS
                + " --to anna@contoso.com --subject Hi" + config);
        story.plain("  drop an .eml file into " + folder.pickup());
        story.plain("SMTP 127.0.0.1:" + folder.smtpPort() + ", JMS tcp://127.0.0.1:" + folder.brokerPort() + ", API "
                + api + "/api/status,");
        story.plain("health " + api + "/observe/health, metrics " + api + "/observe/metrics");
        stop.await();
    }
}
