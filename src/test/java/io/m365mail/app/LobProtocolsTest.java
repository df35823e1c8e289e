package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.testing.SmtpSink;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications at the embedded broker's port: they may publish submissions by three protocols, and nothing else. */
class LobProtocolsTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String FROM = "app@contoso.com";
    private static final String TO = "right@fabrikam.com";
    private static final byte[] MAIL = "Subject: s\r\n\r\nb\u00e4\r\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LARGE = new byte[3 << 20];
    private static final List<String> NOT_THEIRS =
            List.of("m365.dead", "m365.transport.right", "activemq.management", "m365.body.1.x", "new-one");

    @TempDir
    private Path folder;

    private SmtpSink right;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        right = new SmtpSink(true);
        byte[] head = "Subject: large\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        java.util.Arrays.fill(LARGE, (byte) 'x');
        System.arraycopy(head, 0, LARGE, 0, head.length);
    }

    private void start(String more) throws Exception {
        bundle = RunningBundle.start(folder, right.transport("right") + "m365.route.1.transport=right\n" + more);
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        right.close();
    }

    @Test
    void submissionsArriveByEachProtocol() throws Exception {
        start("");
        for (byte[] mail : List.of(MAIL, LARGE)) {
            new Submit(bundle).jms(Submit.bytes(FROM, List.of(TO), mail));
            LobClients.sendAmqp(bundle.brokerPort(), null, null, "m365.submit", FROM, TO, mail, true);
            LobClients.sendStomp(bundle.brokerPort(), null, null, "m365.submit", FROM, TO, mail);
        }
        assertThat(right.await(6, SOON)).allSatisfy(m -> {
            assertThat(m.mail()).isEqualTo(FROM);
            assertThat(m.rcpt()).containsExactly(TO);
        });
        assertThat(right.messages().stream().map(SmtpSink.Message::bodySize).sorted())
                .containsExactly(5L, 5L, 5L, LARGE.length - 18L, LARGE.length - 18L, LARGE.length - 18L);
    }

    @Test
    void nothingElseIsAllowedByCore() throws Exception {
        start("");
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection()) {
            connection.start();
            assertNoJms(connection);
        }
        try (var locator = ActiveMQClient.createServerLocator(bundle.brokerUrl());
                var sessions = locator.createSessionFactory();
                var session = sessions.createSession()) {
            for (String queue : List.of("m365.submit", "m365.dead", "m365.transport.right")) {
                assertThatThrownBy(() -> session.createConsumer(queue, null, true))
                        .hasMessageContaining("AMQ229");
                assertThatThrownBy(() -> session.createConsumer("m365.events::" + queue))
                        .hasMessageContaining("AMQ2");
                assertThatThrownBy(() -> session.deleteQueue(queue)).hasMessageContaining("AMQ229");
            }
            assertThatThrownBy(() -> session.createQueue(QueueConfiguration.of("m365.body.1.x")
                            .setAddress("m365.body.1.x")
                            .setRoutingType(RoutingType.ANYCAST)))
                    .hasMessageContaining("AMQ229");
        }
    }

    @Test
    void nothingElseIsAllowedByAmqp() throws Exception {
        start("");
        try (Connection connection = LobClients.amqp(bundle.brokerPort(), null, null)) {
            assertNoJms(connection);
        }
    }

    private static void assertNoJms(Connection connection) throws Exception {
        for (String queue : NOT_THEIRS) {
            assertRefused(connection, s -> {
                try (var producer = s.createProducer(s.createQueue(queue))) {
                    producer.send(s.createTextMessage("x"));
                }
            });
        }
        for (String queue : List.of("m365.submit", "m365.dead", "m365.transport.right")) {
            assertRefused(connection, s -> s.createConsumer(s.createQueue(queue)));
            assertRefused(
                    connection,
                    s -> s.createBrowser(s.createQueue(queue)).getEnumeration().hasMoreElements());
        }
        assertRefused(connection, Session::createTemporaryQueue);
    }

    private interface Use {
        void of(Session session) throws JMSException;
    }

    private static void assertRefused(Connection connection, Use use) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            assertThatThrownBy(() -> use.of(session)).isInstanceOf(JMSException.class);
        }
    }

    @Test
    void nothingElseIsAllowedByStomp() throws Exception {
        start("");
        int port = bundle.brokerPort();
        for (String queue : NOT_THEIRS) {
            assertThatThrownBy(() -> LobClients.sendStomp(port, null, null, queue, FROM, TO, MAIL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ERROR");
        }
        for (String queue : List.of("m365.submit", "m365.dead", "m365.transport.right", "m365.events::m365.dead")) {
            try (var stomp = new LobClients.Stomp(port, null, null)) {
                stomp.send("SUBSCRIBE\nid:1\ndestination:" + queue + "\nreceipt:1\n\n", new byte[0]);
                assertThatThrownBy(() -> stomp.expect("RECEIPT")).hasMessageContaining("ERROR");
            }
        }
    }

    @Test
    void credentialsAreAskedForWhereTheyAreSet() throws Exception {
        start("m365.broker.username=lob\nm365.broker.password=right-one\n");
        int port = bundle.brokerPort();
        for (String[] login : new String[][] {
            {null, null}, {"lob", "wrong"}, {"lob", ""}, {"", ""}, {"m365-internal", "right-one"}, {"m365-internal", ""}
        }) {
            assertThatThrownBy(() -> {
                        try (var f = new ActiveMQConnectionFactory(bundle.brokerUrl());
                                Connection c = f.createConnection(login[0], login[1]);
                                Session s = c.createSession()) {
                            s.createProducer(s.createQueue("m365.submit")).send(s.createTextMessage("x"));
                        }
                    })
                    .isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> LobClients.sendAmqp(port, login[0], login[1], "m365.submit", FROM, TO, MAIL, true))
                    .isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> LobClients.sendStomp(port, login[0], login[1], "m365.submit", FROM, TO, MAIL))
                    .isInstanceOf(IOException.class);
        }
        LobClients.sendAmqp(port, "lob", "right-one", "m365.submit", FROM, TO, MAIL, true);
        LobClients.sendStomp(port, "lob", "right-one", "m365.submit", FROM, TO, MAIL);
        right.await(2, SOON);
    }
}
