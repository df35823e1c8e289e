package io.m365mail.demo;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Hands in the demo's mail by every source, as those do who use each, and tells of it. */
final class HandIn {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofHours(1);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 20;

    private final Story story;
    private final DemoFolder folder;
    private final DemoWorld world;
    private final DemoApi api;
    private final CountDownLatch stop;
    private Instant due;

    /** @param stop opened when nobody wants the rest */
    HandIn(Story story, DemoFolder folder, DemoWorld world, DemoApi api, CountDownLatch stop) {
        this.story = story;
        this.folder = folder;
        this.world = world;
        this.api = api;
        this.stop = stop;
    }

    void all() throws Exception {
        printer();
        shop();
        scanner();
        database();
        queue();
        calendar();
    }

    /** When the appointment that was not cancelled is due. */
    Instant due() {
        return due;
    }

    private void printer() throws IOException {
        var printer = new DemoPrinter(folder.smtpPort());
        story.tell("smtp", "Printer 17 mails a scan as such devices do: no TLS, no login. Its network is listed.");
        story.detail(printer.send(DemoMessages.PRINTER, "anna@contoso.com", DemoMessages.scan()));
        story.detail("(With this yes the message is on disk: nothing loses it.)");
        story.tell("smtp", "Somebody tries to relay through it from fabrikam.com to example.com. Refused at the door:");
        story.detail(printer.send(DemoMessages.STRANGER, DemoMessages.VICTIM, DemoMessages.stranger()));
    }

    private void shop() throws IOException {
        story.tell("folder", "A shop drops order-4711.eml, with a Bcc to the auditors.");
        drop("order-4711.eml", DemoMessages.order());
        story.tell("folder", "Billing drops reminders.json, a mail merge: one template, two customers.");
        drop("reminders.json", DemoMessages.reminders());
    }

    /** Written under another name and renamed, so that no reader sees half a file. */
    private void drop(String name, String text) throws IOException {
        Path half = folder.pickup().resolve(name + ".tmp");
        Files.writeString(half, text, StandardCharsets.UTF_8);
        Files.move(half, folder.pickup().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void scanner() throws IOException {
        story.tell(
                "scan", "A scanner that knows no mail writes scan/" + DemoMessages.SCAN_RECIPIENT + "/contract.pdf.");
        Path to = Files.createDirectories(folder.scans().resolve(DemoMessages.SCAN_RECIPIENT));
        Files.write(to.resolve("contract.pdf"), DemoMessages.pdf());
    }

    private void database() throws SQLException {
        story.tell(
                "database",
                "An ERP inserts two rows into mail_outbox. One is for a customer and for Hugo, whose mailbox");
        story.detail("has not moved yet; the other is for somebody who has left.");
        DemoOutbox outbox = world.outbox();
        String both = "buyer@fabrikam.com, " + DemoMessages.NOT_MOVED;
        outbox.insert(DemoMessages.ERP, both, DemoMessages.SHIPPED, "It left our house today.");
        outbox.insert(DemoMessages.ERP, DemoMessages.GONE, DemoMessages.OFFER, "Ten per cent less.");
    }

    private void queue() throws JMSException {
        story.tell("jms", "Monitoring publishes an alarm and an invoice to m365.submit, for two recipients each.");
        new DemoQueue(folder.brokerPort()).alarmAndInvoice();
    }

    private void calendar() throws Exception {
        due = Instant.now().plus(SOON);
        new DemoQueue(folder.brokerPort()).appointments(due, due.plus(LATER));
        story.tell("jms", "A calendar publishes reminders, due in 2 s and in an hour, and cancels the second:");
        story.detail("./m365-mail scheduled cancel " + DemoMessages.CANCELLED_ID + " → " + cancel() + " cancelled");
    }

    /** A queue has no answer: the relay knows of the message a moment after it was published. */
    private int cancel() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            for (JsonNode item : api.get("/api/scheduled").path("items")) {
                if (item.path("submitterId").asText().equals(DemoMessages.CANCELLED_ID)) {
                    return api.delete("/api/scheduled/" + DemoMessages.CANCELLED_ID)
                            .path("cancelled")
                            .asInt();
                }
            }
        } while (System.nanoTime() < end && !stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        return 0;
    }
}
