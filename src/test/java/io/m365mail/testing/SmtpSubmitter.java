package io.m365mail.testing;

import java.io.IOException;

/** Hands messages in over one SMTP connection, as a device does, and fails where one is not accepted. */
public final class SmtpSubmitter implements AutoCloseable {
    private final RawSmtpClient client;

    public SmtpSubmitter(int port) throws IOException {
        client = new RawSmtpClient(port);
        try {
            expect("220", client.reply());
            expect("250", client.command("EHLO device"));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** One message on a connection of its own; returns when it is accepted. */
    public static void submit(int port, String from, String subject, String... to) throws IOException {
        try (var submitter = new SmtpSubmitter(port)) {
            submitter.send(from, subject, to);
        }
    }

    /**
     * Returns when the message is accepted.
     *
     * @throws IOException for any other answer than 250, and for none
     */
    public void send(String from, String subject, String... to) throws IOException {
        expect("250", client.command("MAIL FROM:<" + from + ">"));
        for (String recipient : to) {
            expect("250", client.command("RCPT TO:<" + recipient + ">"));
        }
        expect("354", client.command("DATA"));
        expect("250", client.command("From: " + from + "\r\nSubject: " + subject + "\r\n\r\n" + subject + "\r\n."));
    }

    private static void expect(String code, String reply) throws IOException {
        if (reply == null || !reply.startsWith(code)) {
            throw new IOException("expected " + code + ", got " + reply);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
