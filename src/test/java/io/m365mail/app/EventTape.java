package io.m365mail.app;

import static org.awaitility.Awaitility.await;

import io.m365mail.event.MailEvent;
import jakarta.jms.JMSContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Listens to a bundle's {@code m365.events} as an application does: {@code type address reply} for each recipient. */
final class EventTape implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final ActiveMQConnectionFactory factory;
    private final JMSContext jms;

    EventTape(RunningBundle bundle) {
        factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
        jms = factory.createContext(JMSContext.AUTO_ACKNOWLEDGE);
        jms.createConsumer(jms.createTopic("m365.events")).setMessageListener(message -> {
            try {
                MailEvent event = MailEvent.parse(message.getBody(String.class));
                event.recipients()
                        .forEach(r -> lines.add(
                                event.type() + " " + r.address() + (r.reply() == null ? "" : " " + r.reply())));
            } catch (jakarta.jms.JMSException e) {
                lines.add("unreadable: " + e.getMessage());
            }
        });
    }

    /** A new listener is noticed within a second. */
    void awaitHeard(RunningBundle bundle, String sender) {
        await().until(() -> {
            io.m365mail.testing.SmtpSubmitter.submit(bundle.smtpPort(), sender, "first", "first@contoso.com");
            return lines.stream().anyMatch(l -> l.startsWith("accepted"));
        });
    }

    /** What happened to this address so far, in order, without the address. */
    List<String> of(String address) {
        return lines.stream()
                .filter(l -> l.contains(" " + address))
                .map(l -> l.replace(" " + address, ""))
                .toList();
    }

    @Override
    public void close() {
        jms.close();
        factory.close();
    }
}
