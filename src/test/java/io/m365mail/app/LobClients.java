package io.m365mail.app;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Applications that speak AMQP (Qpid JMS) and STOMP (frames on a socket) to the broker's port. */
final class LobClients {
    private LobClients() {}

    static Connection amqp(int port, String user, String password) throws JMSException {
        var factory = new JmsConnectionFactory(
                user,
                password,
                "amqp://127.0.0.1:" + port + "?jms.requestTimeout=10000" + "&amqp.saslMechanisms="
                        + (user == null ? "ANONYMOUS" : "PLAIN"));
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }

    /** @throws JMSException where the broker does not take it */
    static void sendAmqp(
            int port, String user, String password, String queue, String from, String to, byte[] mail, boolean durable)
            throws JMSException {
        try (Connection connection = amqp(port, user, password);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue(queue))) {
            producer.setDeliveryMode(durable ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
            BytesMessage m = session.createBytesMessage();
            m.writeBytes(mail);
            m.setStringProperty("M365From", from);
            m.setStringProperty("M365To", to);
            producer.send(m);
        }
    }

    /** @throws IOException with the broker's ERROR frame where it does not take it */
    static void sendStomp(int port, String user, String password, String queue, String from, String to, byte[] mail)
            throws IOException {
        try (var stomp = new Stomp(port, user, password)) {
            stomp.send(
                    "SEND\ndestination:" + queue + "\nM365From:" + from + "\nM365To:" + to
                            + "\nreceipt:1\ncontent-length:" + mail.length + "\n\n",
                    mail);
            stomp.expect("RECEIPT");
        }
    }

    /** One connection, logged in. */
    static final class Stomp implements AutoCloseable {
        private final Socket socket;

        Stomp(int port, String user, String password) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(15_000);
            send(
                    "CONNECT\naccept-version:1.2\nhost:localhost\n"
                            + (user == null ? "" : "login:" + user + "\npasscode:" + password + "\n") + "\n",
                    new byte[0]);
            expect("CONNECTED");
        }

        void send(String head, byte[] body) throws IOException {
            var frame = new ByteArrayOutputStream();
            frame.writeBytes(head.getBytes(StandardCharsets.UTF_8));
            frame.writeBytes(body);
            frame.write(0);
            socket.getOutputStream().write(frame.toByteArray());
        }

        void expect(String command) throws IOException {
            var frame = new ByteArrayOutputStream();
            for (int b = socket.getInputStream().read();
                    b != 0;
                    b = socket.getInputStream().read()) {
                if (b < 0) {
                    throw new IOException("closed instead of " + command);
                }
                frame.write(b);
            }
            String text = frame.toString(StandardCharsets.UTF_8).strip();
            if (!text.startsWith(command)) {
                throw new IOException(text);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
