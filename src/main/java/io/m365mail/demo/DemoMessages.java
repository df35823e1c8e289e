package io.m365mail.demo;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** The messages of the demo as their submitters write them, and where each has to arrive. */
final class DemoMessages {
    static final String PRINTER = "printer-17@contoso.com";
    static final String STRANGER = "ceo@fabrikam.com";
    static final String VICTIM = "mallory@example.com";
    static final String ERP = "erp@contoso.com";

    static final String SCAN = "Scan of delivery note 4711";
    static final String ORDER = "Your order 4711";
    static final String SHIPPED = "Order 4711 is on its way";
    static final String OFFER = "Our offer for June";
    static final String ALARM = "Cold store 2 is at 9 degrees";
    static final String INVOICE = "Invoice 2026-4711";
    static final String APPOINTMENT = "Your appointment at ten";
    static final String CANCELLED = "Your appointment at noon";
    static final String CANCELLED_ID = "appointment-noon";

    private static final String REMINDER_A = "Reminder: invoice 4698";
    private static final String REMINDER_B = "Reminder: invoice 4702";
    private static final String SCANNED_FILE = "Scan: contract.pdf";

    /** The sandbox refuses the first attempt to this address and takes the second (docs/sandbox.md). */
    static final String BUSY_ONCE = "tempfail-1x.450-4.2.1+duty@contoso.com";

    /** The sandbox knows no such recipient. */
    static final String UNKNOWN = "unknown+carl@fabrikam.com";

    /** The sandbox takes it, and sends it back a moment later. */
    static final String GONE = "bounce.later@fabrikam.com";

    /** Still on the company's own server. */
    static final String NOT_MOVED = "hugo@contoso.com";

    /** Who gets a copy of what the connector carries. */
    static final String ARCHIVE = "archive@contoso.com";

    /** The folder of the scan source is named by it. */
    static final String SCAN_RECIPIENT = "accounts@contoso.com";

    /** A recipient of a message that has to arrive. */
    record Expected(String subject, String recipient) {}

    static final List<Expected> ARRIVE = List.of(
            new Expected(SCAN, "anna@contoso.com"),
            new Expected(ORDER, "buyer@fabrikam.com"),
            new Expected(ORDER, "audit@contoso.com"),
            new Expected(REMINDER_A, "carla@fabrikam.com"),
            new Expected(REMINDER_B, "dora@contoso.com"),
            new Expected(SCANNED_FILE, SCAN_RECIPIENT),
            new Expected(SHIPPED, NOT_MOVED),
            new Expected(SHIPPED, "buyer@fabrikam.com"),
            new Expected(OFFER, GONE),
            new Expected(ALARM, "janitor@contoso.com"),
            new Expected(ALARM, BUSY_ONCE),
            new Expected(INVOICE, "bob@fabrikam.com"),
            new Expected(APPOINTMENT, "anna@contoso.com"));

    /** Copies are no recipients: the relay does not count them. */
    static final List<Expected> COPIES =
            List.of(new Expected(REMINDER_A, ARCHIVE), new Expected(SHIPPED, ARCHIVE), new Expected(OFFER, ARCHIVE));

    static final List<Expected> COME_BACK = List.of(new Expected(OFFER, GONE));

    static final List<Expected> DIE = List.of(new Expected(INVOICE, UNKNOWN));

    private DemoMessages() {}

    /** Text, and a PDF of one page as attachment. */
    static String scan() throws IOException {
        return ("From: \"Printer 17, 2nd floor\" <" + PRINTER + ">\nTo: anna@contoso.com\nSubject: " + SCAN
                                + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=scan\n\n"
                                + "--scan\nContent-Type: text/plain\n\nYour scan is attached.\n"
                                + "--scan\nContent-Type: application/pdf; name=scan.pdf\n"
                                + "Content-Disposition: attachment; filename=scan.pdf\n"
                                + "Content-Transfer-Encoding: base64\n\n")
                        .replace("\n", "\r\n")
                + Base64.getMimeEncoder().encodeToString(pdf()) + "\r\n--scan--\r\n";
    }

    static byte[] pdf() throws IOException {
        try (InputStream pdf = DemoMessages.class.getResourceAsStream("scan.pdf")) {
            return pdf.readAllBytes();
        }
    }

    /** What a spammer tries; it never gets as far as its text. */
    static String stranger() {
        return mail("From: " + STRANGER + "\nTo: " + VICTIM + "\nSubject: Urgent", "Pay this at once.");
    }

    static String order() {
        return mail(
                "From: Contoso shop <" + DemoTenant.ALERTS + ">\nTo: buyer@fabrikam.com\n"
                        + "Bcc: audit@contoso.com\nSubject: " + ORDER,
                "Thank you for your order.");
    }

    static String mail(String header, String text) {
        return (header + "\n\n" + text + "\n").replace("\n", "\r\n");
    }

    /** A mail merge: one template, a customer elsewhere and one in the house. */
    static String reminders() {
        return """
                {"from": "Contoso billing <billing@contoso.com>", "template": "reminder", "perRecipient": [
                  {"to": "carla@fabrikam.com", "data": {"name": "Carla", "number": 4698, "sum": "12.50 EUR"}},
                  {"to": "dora@contoso.com", "data": {"name": "Dora", "number": 4702, "sum": "80.00 EUR"}}]}
                """;
    }

    static String appointment(String id, String subject, Instant due) {
        return """
                {"id": "%s", "from": "%s", "to": ["anna@contoso.com"], "subject": "%s", "text": "Do not forget it.",
                 "sendAt": "%s"}
                """
                .formatted(id, DemoTenant.ALERTS, subject, due);
    }
}
