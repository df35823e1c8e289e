package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.SmtpSink;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names that mean something to Camel, to a mail session, to JMS, to Artemis or to us, as header fields of a mail and as
 * properties of a JMS message: the mail goes to its envelope's recipients, at once, through the transport of its rule.
 */
class NothingSteersTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String FROM = "app@contoso.com";
    private static final List<String> TO = List.of("right@fabrikam.com");

    @TempDir
    private Path folder;

    private SmtpSink right;
    private SmtpSink wrong;
    private RunningBundle bundle;
    private Submit submit;

    @BeforeEach
    void start() throws Exception {
        right = new SmtpSink(true);
        wrong = new SmtpSink(true);
        bundle = RunningBundle.start(
                folder,
                right.transport("right")
                        + wrong.transport("wrong")
                        + """
                        m365.route.1.priority=9
                        m365.route.1.transport=wrong
                        m365.route.2.to=wrong@*
                        m365.route.2.transport=wrong
                        m365.route.3.from=wrong@*
                        m365.route.3.transport=wrong
                        m365.route.4.transport=right
                        """);
        submit = new Submit(bundle);
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        right.close();
        wrong.close();
    }

    /** What each name would do if it steered: another queue, time, server, file, recipient, priority. */
    private Map<String, Object> steering() {
        String queue = "m365.transport.wrong";
        long inAnHour = System.currentTimeMillis() + 3_600_000;
        Map<String, Object> names = new TreeMap<>();
        for (String name : List.of(
                "CamelJmsDestinationName",
                "CamelJmsDestination",
                "JMSDestination",
                "JMSReplyTo",
                "CamelJmsReplyTo",
                "_AMQ_ORIG_QUEUE",
                "_AMQ_ORIG_ADDRESS",
                "CamelToEndpoint",
                "CamelSlipEndpoint",
                "CamelRecipientListEndpoint")) {
            names.put(name, queue);
        }
        for (String name : List.of("_AMQ_SCHED_DELIVERY", "JMSDeliveryTime", "CamelSchedulerFiredTime", "M365SendAt")) {
            names.put(name, inAnHour);
        }
        for (String name : List.of("CamelFileName", "CamelOverruleFileName", "CamelFileNameOnly", "CamelFilePath")) {
            names.put(name, folder.resolve("steered.txt").toString());
        }
        for (String name :
                List.of("mail.smtp.host", "mail.smtp.localhost", "mail.smtp.from", "mail.transport.protocol")) {
            names.put(name, "wrong@wrong.example");
        }
        for (String name : List.of("Envelope-To", "X-M365-To", "M365Recipients", "X-Envelope-To", "CamelMailTo")) {
            names.put(name, "wrong@fabrikam.com");
        }
        names.put("mail.smtp.port", wrong.port());
        names.put("CamelJmsMessageType", "Object");
        names.put("CamelBeanMethodName", "toString");
        names.put("CamelSplitSize", 0);
        names.put("CamelFilterMatched", "false");
        names.put("CamelRouteStop", "true");
        names.put("CamelRollbackOnly", "true");
        names.put("CamelExceptionCaught", "x");
        names.put("CamelRedeliveryExhausted", "true");
        names.put("CamelCharsetName", "UTF-16");
        names.put("CamelThrottlingMaximumRequests", 0);
        names.put("JMSXGroupID", "g");
        names.put("JMSXGroupSeq", 7);
        names.put("JMSXDeliveryCount", 99);
        names.put("JMSXUserID", "m365-internal");
        names.put("JMSType", "m365");
        names.put("_AMQ_GROUP_ID", "g");
        names.put("_AMQ_DUPL_ID", "the-same");
        names.put("_AMQ_LVQ_NAME", "the-same");
        names.put("_AMQ_ACTUAL_EXPIRY", 1L);
        names.put("_AMQ_VALIDATED_USER", "m365-internal");
        names.put("_AMQ_INGRESS_TIMESTAMP", 1L);
        names.put("M365Kind", "delivery");
        names.put("M365MessageId", "forged");
        names.put("M365Transport", "wrong");
        names.put("M365Source", "wrong");
        names.put("M365Submission", "forged");
        names.put("M365SubmissionId", "forged");
        return names;
    }

    private static List<String> spellings(String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
    }

    private static byte[] mail(String subject, String header) {
        return ("Subject: " + subject + "\r\n" + header
                        + "From: app@contoso.com\r\nTo: wrong@fabrikam.com\r\n\r\nbody\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void noHeaderFieldOfAMailSteers() throws Exception {
        int sent = 0;
        for (Map.Entry<String, Object> name : steering().entrySet()) {
            StringBuilder fields = new StringBuilder();
            spellings(name.getKey()).forEach(s -> fields.append(s + ": " + name.getValue() + "\r\n"));
            byte[] mail =
                    mail(name.getKey(), fields + "JMSPriority: 9\r\nX-Priority: 9\r\nM365To: wrong@fabrikam.com\r\n");
            assertThat(submit.data(FROM, TO, mail)).startsWith("250");
            submit.file("m" + sent + ".eml", FROM, TO, mail);
            submit.jms(Submit.bytes(FROM, TO, mail));
            sent += 3;
        }
        assertArrivedRight(sent);
    }

    @Test
    void noPropertyOfAJmsMessageSteers() throws Exception {
        List<Submit.MessageMaker> makers = new ArrayList<>();
        for (Map.Entry<String, Object> name : steering().entrySet()) {
            for (String spelling : spellings(name.getKey())) {
                // In this spelling alone the contract has it: the message would wait for its time.
                if (!spelling.equals("M365SendAt")) {
                    makers.add(with(spelling, name.getValue()));
                }
            }
        }
        for (String name : List.of("m365to", "M365TO", "m365From", "M365FROM", "jmspriority", "M365Priority")) {
            makers.add(with(name, name.endsWith("riority") ? 9 : "wrong@fabrikam.com"));
        }
        // The same again: what looks like a duplicate or a last value is a message of its own.
        makers.add(with("_AMQ_DUPL_ID", "the-same"));
        makers.add(with("_AMQ_LVQ_NAME", "the-same"));
        submit.jms(makers.toArray(Submit.MessageMaker[]::new));
        assertArrivedRight(makers.size());
    }

    @Test
    void noHeaderOfJmsSteersButThePriority() throws Exception {
        submit.jms(
                session -> {
                    Message m = Submit.bytes(FROM, TO, mail("reply-to", "")).make(session);
                    m.setJMSReplyTo(session.createQueue("m365.transport.wrong"));
                    m.setJMSCorrelationID("a\r\nb");
                    m.setJMSType("object");
                    return m;
                },
                session -> {
                    Message m = Submit.bytes(FROM, TO, mail("priority 9 of the message", ""))
                            .make(session);
                    // JMS: only the producer's priority counts.
                    m.setJMSPriority(9);
                    m.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
                    return m;
                });
        assertArrivedRight(2);
    }

    private static Submit.MessageMaker with(String property, Object value) {
        return session -> {
            BytesMessage m =
                    (BytesMessage) Submit.bytes(FROM, TO, mail(property, "")).make(session);
            put(m, property, value);
            return m;
        };
    }

    /** Around the client library, which refuses some names. */
    private static void put(Message m, String name, Object value) throws JMSException {
        var core = ((ActiveMQMessage) m).getCoreMessage();
        core.putObjectProperty(SimpleString.of(name), value);
    }

    private void assertArrivedRight(int n) throws Exception {
        assertThat(right.await(n, SOON)).hasSize(n).allSatisfy(m -> {
            assertThat(m.mail()).isEqualTo(FROM);
            assertThat(m.rcpt()).isEqualTo(TO);
        });
        assertThat(wrong.messages()).isEmpty();
        assertThat(folder.resolve("steered.txt")).doesNotExist();
        var admin = bundle.bundle().infrastructure().admin();
        for (String queue : List.of("m365.transport.right", "m365.transport.wrong", "m365.submit", "m365.dead")) {
            org.awaitility.Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(admin.count(queue)).as(queue).isZero());
        }
        try (Stream<Path> all = Files.walk(folder.resolve("data/pickup"))) {
            assertThat(all.filter(Files::isRegularFile))
                    .allMatch(f -> f.getParent().endsWith("done"));
        }
    }

    @Test
    void bccNeverLeaks() throws Exception {
        List<String> hidings = List.of(
                "Bcc: hidden@fabrikam.com\r\n",
                "BCC : hidden@fabrikam.com\r\n",
                "bcc\t:\r\n\thidden@fabrikam.com,\r\n hidden@fabrikam.com\r\n",
                "Resent-Bcc: hidden@fabrikam.com\r\n",
                "Bcc:\r\nBcc: hidden@fabrikam.com\r\nbCC: hidden@fabrikam.com\r\n",
                "X-A: \u00e9\r\nBcc: hidden@fabrikam.com\r\n");
        int sent = 0;
        for (String hiding : hidings) {
            byte[] mail = mail("bcc", hiding);
            assertThat(submit.data(FROM, TO, mail)).startsWith("250");
            assertThat(submit.bdat(FROM, TO, mail)).startsWith("250");
            submit.file("b" + sent + ".eml", FROM, TO, mail);
            submit.file("lf" + sent + ".eml", FROM, TO, lineFeeds(mail));
            submit.jms(Submit.bytes(FROM, TO, mail), Submit.bytes(FROM, TO, lineFeeds(mail)), session -> {
                Message text = session.createTextMessage(new String(mail, StandardCharsets.UTF_8));
                text.setStringProperty("M365From", FROM);
                text.setStringProperty("M365To", TO.get(0));
                return text;
            });
            sent += 7;
        }
        assertArrivedRight(sent);
        assertThat(right.messages()).allSatisfy(m -> assertThat(new String(m.bytes(), StandardCharsets.UTF_8))
                .doesNotContain("hidden")
                .doesNotContainIgnoringCase("bcc:")
                .doesNotContainPattern("(?<!\r)\n"));
    }

    /** Without an envelope the header names the recipients, Bcc among them, each once and nobody else. */
    @Test
    void bccOfAHeaderIsDeliveredWithoutBeingShown() throws Exception {
        byte[] mail = ("From: app@contoso.com\r\nTo: a@fabrikam.com\r\nCc: A@fabrikam.com\r\n"
                        + "Bcc: hidden@fabrikam.com\r\n\r\nBcc: body\r\n")
                .getBytes(StandardCharsets.UTF_8);
        submit.raw("h.eml", mail);
        submit.jms(session -> {
            BytesMessage m = session.createBytesMessage();
            m.writeBytes(mail);
            return m;
        });
        for (SmtpSink.Message m : right.await(2, SOON)) {
            assertThat(m.rcpt()).containsExactlyInAnyOrder("a@fabrikam.com", "A@fabrikam.com", "hidden@fabrikam.com");
            assertThat(new String(m.bytes(), StandardCharsets.UTF_8))
                    .doesNotContain("hidden")
                    .endsWith("\r\n\r\nBcc: body\r\n");
        }
    }

    private static byte[] lineFeeds(byte[] mail) {
        return new String(mail, StandardCharsets.UTF_8).replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8);
    }
}
