package io.m365mail.app;

import io.m365mail.testing.SmtpSubmitter;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Clients that hand numbered messages in over SMTP, JMS and a folder, one after the other, as real ones do: what was not
 * confirmed is handed in again until it is. The number stands behind the plus sign of each recipient, so a recipient names
 * its message. Most messages go through the mailbox "bulk", the first {@value #ALERTS} that can through "alerts".
 */
final class NumberedLoad implements AutoCloseable {
    static final int ALERTS = 45;
    private static final int PACE_MILLIS = 25;
    /** The folder source looks at each file for a quarter of a second before it takes it. */
    private static final int FOLDER_PACE_MILLIS = 300;

    /** A message. @param tries how often it was handed in */
    record Message(int number, String from, List<String> to, AtomicInteger tries) {}

    private interface Submit {
        void now(Message message) throws Exception;
    }

    private final Queue<Message> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<Message> repeated = new ConcurrentLinkedQueue<>();
    private final Queue<Message> files = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger alerts = new AtomicInteger();
    private final Path pickup;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    private volatile KilledBundle target;

    NumberedLoad(Path pickup) {
        this.pickup = pickup;
    }

    void start() {
        for (int i = 0; i < 2; i++) {
            threads.scheduleWithFixedDelay(new Client(smtp()), 0, PACE_MILLIS, TimeUnit.MILLISECONDS);
        }
        threads.scheduleWithFixedDelay(new Client(jms()), 0, PACE_MILLIS, TimeUnit.MILLISECONDS);
        threads.scheduleWithFixedDelay(this::putFile, 0, FOLDER_PACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Where to hand in; null for nowhere. */
    void target(KilledBundle bundle) {
        target = bundle;
    }

    /** What was confirmed by a 250, by the return of a send, or by the move of a file to "done". */
    List<Message> accepted() {
        List<Message> all = new java.util.ArrayList<>(accepted);
        files.stream()
                .filter(m -> Files.exists(pickup.resolve("done").resolve(m.number() + ".eml")))
                .forEach(all::add);
        return all;
    }

    /** How often a message was handed in again because its confirmation did not come. */
    int repetitions() {
        return repeated.stream().mapToInt(m -> m.tries().get() - 1).sum();
    }

    int files() {
        return files.size();
    }

    private Message next() {
        int n = numbers.incrementAndGet();
        String from = n % 3 == 0 && alerts.incrementAndGet() <= ALERTS ? "alerts@contoso.com" : "bulk@contoso.com";
        List<String> to =
                switch (n % 10) {
                    case 5 -> List.of("slow-300ms+" + n + "@fabrikam.com");
                    case 6 ->
                        List.of("x+" + n + "@fabrikam.com", "y+" + n + "@contoso.com", "z+" + n + "@fabrikam.com");
                    case 7 -> List.of("reject+" + n + "@fabrikam.com");
                    case 8 -> List.of("x+" + n + "@fabrikam.com", "reject+" + n + "@fabrikam.com");
                    case 9 -> List.of("tempfail-1x.451-4.3.0+" + n + "@fabrikam.com");
                    default -> List.of("x+" + n + "@fabrikam.com");
                };
        return new Message(n, from, to, new AtomicInteger());
    }

    /** One message at a time, over and over until it is accepted. */
    private final class Client implements Runnable {
        private final Submit submit;
        private Message message;

        Client(Submit submit) {
            this.submit = submit;
        }

        @Override
        public void run() {
            if (target == null) {
                return;
            }
            message = message == null ? next() : message;
            if (message.tries().incrementAndGet() == 2) {
                repeated.add(message);
            }
            try {
                submit.now(message);
                accepted.add(message);
                message = null;
            } catch (Exception e) {
                // Killed under our hands, or not there yet: again with the next tick.
            }
        }
    }

    private Submit smtp() {
        return message -> SmtpSubmitter.submit(
                target.smtpPort(),
                message.from(),
                "no. " + message.number(),
                message.to().toArray(String[]::new));
    }

    private Submit jms() {
        return message -> {
            String url = "tcp://127.0.0.1:" + target.brokerPort() + "?callTimeout=5000";
            try (var factory = new ActiveMQConnectionFactory(url);
                    Connection connection = factory.createConnection();
                    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                BytesMessage mail = session.createBytesMessage();
                mail.writeBytes(content(message, ""));
                mail.setStringProperty("M365From", message.from());
                mail.setStringProperty("M365To", String.join(", ", message.to()));
                session.createProducer(session.createQueue("m365.submit")).send(mail);
            }
        };
    }

    private void putFile() {
        if (target == null) {
            return;
        }
        Message message = next();
        try {
            String receivers = "X-Receiver: " + String.join("\r\nX-Receiver: ", message.to());
            Path whole = Files.write(
                    pickup.resolveSibling(message.number() + ".tmp"),
                    content(message, "X-Sender: " + message.from() + "\r\n" + receivers + "\r\n"));
            files.add(message);
            Files.move(whole, pickup.resolve(message.number() + ".eml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] content(Message message, String before) {
        return (before + "From: " + message.from() + "\r\nSubject: no. " + message.number() + "\r\n\r\nbody\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new AssertionError("a client hangs");
        }
    }
}
