package io.m365mail.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQQueueExistsException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a broker that others run ready: makes the queues that are missing, where we may, and compares the settings that
 * we rely on with what they must be. A missing queue stops the start; a wrong setting is a warning each, since it harms
 * only when something else goes wrong. We never change a setting of a broker that is not ours.
 */
public final class ExternalBroker {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalBroker.class);

    private final String url;
    private final BrokerConnections connections;
    private final BrokerAdmin admin;

    public ExternalBroker(String url, BrokerConnections connections, BrokerAdmin admin) {
        int query = url.indexOf('?');
        this.url = query < 0 ? url : url.substring(0, query);
        this.connections = connections;
        this.admin = admin;
    }

    /**
     * @param queues that must be there, each with an address of the same name
     * @throws IllegalStateException when the broker cannot be reached or a queue is missing and cannot be made
     */
    public void prepare(Collection<String> queues) {
        try (var factory = connections.locator().createSessionFactory();
                ClientSession session = factory.createSession(
                        connections.user(), connections.password(), false, true, true, false, 0)) {
            for (String queue : queues) {
                queue(session, queue);
            }
            queue(session, Queues.DEAD);
            queue(session, Queues.SCHEDULED);
            address(session, Queues.EVENTS);
            address(session, Queues.ONCE);
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "The broker " + url + " cannot be used: " + e.getMessage()
                            + ". Is it running, and are m365.broker.url, username and password right?",
                    e);
        }
        // Large bodies have queues of their own, which come and go.
        Stream.concat(queues.stream(), Stream.of(Queues.DEAD, Queues.SCHEDULED, Queues.BODY_PREFIX + "any"))
                .forEach(queue -> mistakes(queue).forEach(m -> LOG.warn("Broker {}: {}", url, m)));
        rememberedIds().forEach(m -> LOG.warn("Broker {}: {}", url, m));
    }

    private void queue(ClientSession session, String name) throws ActiveMQException {
        ClientSession.QueueQuery there = session.queueQuery(SimpleString.of(name));
        if (there.isExists()) {
            if (!there.isDurable() || there.getRoutingType() != RoutingType.ANYCAST) {
                throw new IllegalStateException("Queue " + name + " of the broker " + url
                        + " must be durable and anycast: make it anew, or configure another queue");
            }
            return;
        }
        try {
            address(session, name, RoutingType.ANYCAST);
            session.createQueue(QueueConfiguration.of(name)
                    .setAddress(name)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true)
                    .setAutoDelete(false));
            LOG.info("Queue {} has been made in the broker {}", name, url);
        } catch (ActiveMQQueueExistsException e) {
            LOG.debug("Another instance has just made queue {}", name);
        } catch (ActiveMQException e) {
            throw new IllegalStateException(
                    "The broker " + url + " has no queue " + name + " and m365.broker.username may not make it ("
                            + e.getMessage() + "): make it there as a durable anycast queue, or permit the user"
                            + " createAddress and createDurableQueue on m365.#",
                    e);
        }
    }

    private void address(ClientSession session, String name) {
        try {
            address(session, name, RoutingType.MULTICAST);
        } catch (ActiveMQException e) {
            throw new IllegalStateException(
                    "The broker " + url + " has no address " + name + " and m365.broker.username may not make it ("
                            + e.getMessage() + "): make it there as a multicast address, or permit the user"
                            + " createAddress on m365.#",
                    e);
        }
    }

    private static void address(ClientSession session, String name, RoutingType type) throws ActiveMQException {
        if (!session.addressQuery(SimpleString.of(name)).isExists()) {
            session.createAddress(SimpleString.of(name), type, false);
        }
    }

    /** A sentence for each setting of the queue's address that could lose mail. */
    List<String> mistakes(String queue) {
        String json;
        try {
            json = admin.addressSettings(queue);
        } catch (IllegalStateException e) {
            json = null;
            LOG.debug("Settings of {}", queue, e);
        }
        if (json == null) {
            return List.of("its settings for " + queue + " cannot be read: permit m365.broker.username manage on"
                    + " activemq.management, or see to it that max-delivery-attempts is -1 and that dead-letter-address"
                    + " and expiry-address are " + Queues.DEAD);
        }
        try {
            return mistakes(queue, new JsonMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The broker's settings for " + queue + " are not JSON", e);
        }
    }

    /**
     * A sentence for each setting that makes the broker forget too early which submissions it has. Nothing for what it does
     * not tell: that the settings cannot be read is said already.
     */
    private List<String> rememberedIds() {
        List<String> found = new ArrayList<>();
        try {
            String json = admin.addressSettings(Queues.ONCE);
            if (json != null && admin.attribute("IDCacheSize") instanceof Number all) {
                int size = new JsonMapper().readTree(json).path("idCacheSize").asInt(all.intValue());
                if (size < EmbeddedBroker.REMEMBERED_IDS) {
                    found.add("id-cache-size of " + Queues.ONCE + " is " + size
                            + ", so a repeat is not known as such once "
                            + size / 2 + " others with an id came after the first, also within m365.idempotence-window;"
                            + " set it to " + EmbeddedBroker.REMEMBERED_IDS);
                }
            }
            if (Boolean.FALSE.equals(admin.attribute("persistIDCache"))) {
                found.add("persist-id-cache is false, so after its restart no repeat is known as such; set it to true");
            }
        } catch (IllegalStateException e) {
            LOG.debug("Settings of {}", Queues.ONCE, e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The broker's settings for " + Queues.ONCE + " are not JSON", e);
        }
        return found;
    }

    private static List<String> mistakes(String queue, JsonNode settings) {
        List<String> found = new ArrayList<>();
        int attempts = settings.path("maxDeliveryAttempts").asInt(10);
        if (attempts != -1) {
            found.add("max-delivery-attempts of " + queue + " is " + attempts
                    + ", so the broker takes messages out of the queue that we still want to send; set it to -1");
        }
        for (String[] s : new String[][] {
            {"deadLetterAddress", "dead-letter-address", "given up"}, {"expiryAddress", "expiry-address", "expired"}
        }) {
            String value = settings.path(s[0]).asText("");
            if (!value.equals(Queues.DEAD)) {
                found.add(s[1] + " of " + queue + " is " + (value.isEmpty() ? "not set" : value)
                        + ", so a message that is " + s[2] + " " + (value.isEmpty() ? "is lost" : "is not seen by us")
                        + "; set it to " + Queues.DEAD);
            }
        }
        if (settings.path("redeliveryDelay").asLong(0) == 0) {
            found.add("redelivery-delay of " + queue
                    + " is 0, so what cannot be taken now is tried again without a pause; set it to 1000");
        }
        String full = settings.path("addressFullMessagePolicy").asText("PAGE");
        if (!full.equals("PAGE")) {
            found.add("address-full-policy of " + queue + " is " + full + "; set it to PAGE");
        }
        return found;
    }
}
