package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.RawSmtpClient;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** The ways into a bundle, as a device or an application would use them. */
final class Submit {
    private final RunningBundle bundle;

    Submit(RunningBundle bundle) {
        this.bundle = bundle;
    }

    /** Makes what is published; the session's factory methods say of which kind. */
    interface MessageMaker {
        Message make(Session session) throws JMSException;
    }

    /** Dot-stuffed DATA; returns the reply to the final dot. */
    String data(String from, List<String> to, byte[] message) throws IOException {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            open(client, from, to);
            assertThat(client.command("DATA")).startsWith("354");
            client.send(stuffed(message));
            return client.reply();
        }
    }

    /** One BDAT chunk; returns the reply to it. */
    String bdat(String from, List<String> to, byte[] message) throws IOException {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            open(client, from, to);
            client.send("BDAT " + message.length + " LAST\r\n");
            client.send(message);
            return client.reply();
        }
    }

    static void open(RawSmtpClient client, String from, List<String> to) throws IOException {
        client.reply();
        client.command("EHLO device");
        assertThat(client.command("MAIL FROM:<" + from + "> BODY=8BITMIME")).startsWith("250");
        for (String recipient : to) {
            assertThat(client.command("RCPT TO:<" + recipient + ">")).startsWith("250");
        }
    }

    /** RFC 5321 section 4.5.2, written from the RFC and not from the product. */
    static byte[] stuffed(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        text = text.startsWith(".") ? "." + text : text;
        text = text.replace("\r\n.", "\r\n..");
        return (text + (text.endsWith("\r\n") || text.isEmpty() ? "" : "\r\n") + ".\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    Path pickup() {
        return bundle.folder().resolve("data/pickup");
    }

    /** Written under another name and renamed, as a careful writer does. */
    void file(String name, String from, List<String> to, byte[] message) throws IOException {
        var all = new ByteArrayOutputStream();
        all.write(("X-Sender: " + from + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String recipient : to) {
            all.write(("X-Receiver: " + recipient + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        all.write(message);
        raw(name, all.toByteArray());
    }

    /** Exactly these bytes. */
    void raw(String name, byte[] bytes) throws IOException {
        Path part = Files.write(pickup().resolve(name + ".part"), bytes);
        Files.move(part, pickup().resolve(name));
    }

    void jms(MessageMaker... makers) throws JMSException {
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"))) {
            for (MessageMaker maker : makers) {
                producer.send(maker.make(session));
            }
        }
    }

    static MessageMaker bytes(String from, List<String> to, byte[] message) {
        return session -> {
            BytesMessage m = session.createBytesMessage();
            m.writeBytes(message);
            m.setStringProperty("M365From", from);
            m.setStringProperty("M365To", String.join(", ", to));
            return m;
        };
    }
}
