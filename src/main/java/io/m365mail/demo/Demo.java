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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Starts the product and the sandbox in this process, hands in mail by every source, watches it arrive, and says what
 * happened and why. Nothing it prints about an outcome is known beforehand: it comes from the sandbox's log and the
 * bundle's API, and what is missing makes it fail. When {@link #run} returns, ports and threads are released; the folder
 * is the caller's to remove.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 50;

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
                "m365-mail demo: the relay, and a stand-in for Exchange Online (\"the sandbox\"), both in this process.");
        story.plain("Nothing leaves this machine. Everything lies in " + path + ".");
        story.chapter("1. Start");
        try (Sandbox sandbox = DemoTenant.start(path.resolve("sandbox"))) {
            story.tell("The sandbox plays the tenant contoso.com: SMTP with STARTTLS on port "
                    + sandbox.submissionPort() + ", OAuth tokens on port " + sandbox.tokenPort() + ".");
            DemoFolder folder = DemoFolder.write(path, sandbox);
            var bundle = new Bundle(new ConfigLoader().load(folder.config()));
            try {
                introduce(story, folder);
                bundle.start();
                story.tell("The relay is up: SMTP on port " + folder.smtpPort() + ", the folder data/pickup, the queue"
                        + " m365.submit on port " + folder.brokerPort() + ".");
                boolean fine = play(story, folder, sandbox);
                if (keep && fine) {
                    stay(story, folder);
                }
                return fine ? 0 : 1;
            } finally {
                bundle.stop();
            }
        }
    }

    private void introduce(Story story, DemoFolder folder) throws IOException {
        story.tell("The relay may use two of its mailboxes. config/application.properties in the folder above says:");
        folder.essentialLines().forEach(story::detail);
    }

    private boolean play(Story story, DemoFolder folder, Sandbox sandbox) throws Exception {
        story.chapter("2. Devices and systems hand in their mail");
        handIn(story, folder);
        story.chapter("3. The relay sends it");
        var api = new DemoApi(folder.apiPort());
        boolean settled = watch(new Watch(story, sandbox), api);
        var arrivals = new Arrivals(sandbox);
        story.chapter("4. What Exchange Online got");
        story.show(arrivals::print);
        String replyTo = arrivals.fieldOf(DemoMessages.SCAN, "Reply-To");
        if (!replyTo.isEmpty()) {
            story.plain("");
            story.plain("The printers' mailbox may only send as itself, so the scan's From is now "
                    + arrivals.fieldOf(DemoMessages.SCAN, "From"));
            story.plain("and answers go to " + replyTo + ". Its body was not changed.");
        }
        JsonNode status = api.get("/api/status");
        story.chapter("5. What it used of Exchange Online's limits");
        story.show(out -> limits(status, sandbox, out));
        JsonNode dead = api.get("/api/dead");
        story.chapter("6. What could not be delivered is kept");
        dead.path("items").forEach(item -> deadLetter(story, item));
        return verdict(story, settled, arrivals, status.path("totals"), dead);
    }

    private void handIn(Story story, DemoFolder folder) throws Exception {
        var printer = new DemoPrinter(folder.smtpPort());
        story.tell("Printer 17 mails a scanned PDF as such devices do: plain SMTP, no TLS, no login.");
        story.detail(printer.send(DemoMessages.PRINTER, "anna@contoso.com", DemoMessages.scan()));
        story.detail(
                "(It may, since its network is listed. Once it has this yes, the message is on disk: nothing loses it.)");
        story.tell("A shop system drops a file into the folder: "
                + DemoMessages.dropOrder(folder.pickup()).getFileName() + ", with a Bcc to the auditors.");
        story.tell("An ERP system publishes two messages to the queue m365.submit over JMS, each for two recipients.");
        DemoMessages.publish(folder.brokerPort());
        story.tell("Somebody tries to send as " + DemoMessages.STRANGER
                + ". No transport may do that, so it is refused at the door:");
        story.detail(printer.send(DemoMessages.STRANGER, "anna@contoso.com", DemoMessages.stranger()));
    }

    /** @return false when the time was over before everything was delivered or dead */
    private boolean watch(Watch watch, DemoApi api) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int due = DemoMessages.ARRIVE.size() + DemoMessages.DIE.size();
        while (System.nanoTime() < end) {
            watch.look();
            JsonNode totals = api.get("/api/status").path("totals");
            if (totals.path("accepted").asInt() >= due
                    && totals.path("delivered").asInt() + totals.path("dead").asInt()
                            >= totals.path("accepted").asInt()
                    && totals.path("queued").asInt() == 0) {
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
        for (JsonNode t : status.path("transports")) {
            String mailbox = t.path("name").asText().equals("alerts") ? DemoTenant.ALERTS : DemoTenant.PRINTERS;
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
        story.plain("Dead letter " + item.path("id").asText() + ": \""
                + item.path("subject").asText() + "\" from " + item.path("from").asText());
        for (JsonNode r : item.path("recipients")) {
            story.plain("  to " + r.path("address").asText() + ": "
                    + r.path("reply").asText());
        }
        story.plain("When the cause is mended, this sends it again, to that recipient only:");
        story.plain("  ./m365-mail dead replay " + item.path("id").asText());
    }

    private static boolean verdict(Story story, boolean settled, Arrivals arrivals, JsonNode totals, JsonNode dead)
            throws IOException {
        List<String> mistakes = arrivals.mistakes();
        if (!settled) {
            mistakes.add("after " + PATIENCE.toSeconds() + " s not everything is delivered or dead");
        }
        if (arrivals.recipients() != totals.path("delivered").asInt()) {
            mistakes.add("the sandbox took " + arrivals.recipients() + " recipients, the relay counts "
                    + totals.path("delivered").asInt() + " as delivered");
        }
        if (dead.path("total").asInt() != DemoMessages.DIE.size()) {
            mistakes.add("there are " + dead.path("total").asInt() + " dead letters, not " + DemoMessages.DIE.size());
        }
        story.chapter("Recipients: " + totals.path("accepted").asText() + " accepted = "
                + totals.path("delivered").asText() + " delivered + "
                + totals.path("dead").asText() + " dead + "
                + totals.path("queued").asText() + " queued.");
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
