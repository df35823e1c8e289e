package io.m365mail.broker;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Lets no header pass between JMS and Camel, in either direction and in any spelling: {@code Camel…}, {@code JMSX…} and
 * {@code _AMQ…} properties of a submitter would otherwise steer components and the broker. What may be said beside a
 * message is read from the JMS message by name.
 */
public final class NoHeaders implements HeaderFilterStrategy {
    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return true;
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true;
    }
}
