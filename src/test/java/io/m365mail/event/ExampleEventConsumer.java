package io.m365mail.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Listens to m365.events and says what became of each message, by the submitter's own id. */
public final class ExampleEventConsumer {
    private ExampleEventConsumer() {}

    /** Arguments: broker URL, user, password. Off loopback the broker wants the last two. */
    public static void main(String[] args) throws Exception {
        String user = args.length > 1 ? args[1] : null;
        String password = args.length > 2 ? args[2] : null;
        try (var factory = new ActiveMQConnectionFactory(args[0], user, password)) {
            while (true) {
                listen(factory, "order-system", Duration.ofMinutes(1), System.out::println);
            }
        }
    }

    /** Hands over one line for each event, until none has come for {@code patience}. */
    static void listen(ActiveMQConnectionFactory factory, String name, Duration patience, Consumer<String> lines)
            throws Exception {
        try (JMSContext jms = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            jms.setClientID(name);
            // Durable: what happens while this program is away waits for it, for 24 hours.
            JMSConsumer events = jms.createDurableConsumer(jms.createTopic("m365.events"), "events");
            for (Message m = events.receive(patience.toMillis()); m != null; m = events.receive(patience.toMillis())) {
                JsonNode event = new ObjectMapper().readTree(m.getBody(String.class));
                // Empty where the event is about the message as a whole: refused, or cancelled.
                if (event.path("recipients").isEmpty()) {
                    lines.accept(
                            m.getJMSCorrelationID() + ": " + event.path("type").asText() + " "
                                    + event.path("reason").asText());
                }
                for (JsonNode to : event.path("recipients")) {
                    lines.accept(
                            m.getJMSCorrelationID() + ": " + event.path("type").asText() + " "
                                    + to.path("address").asText() + " "
                                    + to.path("reply").asText());
                }
                m.acknowledge();
            }
        }
    }
}
