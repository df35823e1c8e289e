package io.m365mail.transport;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** What the components of all transports have in common: {@code scheme:NAME?options}. */
abstract class TransportComponent extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!remaining.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "the name of a transport has lower case letters, digits and hyphens only, not '" + remaining + "'");
        }
        TransportEndpoint endpoint = newEndpoint(uri);
        endpoint.setName(remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    abstract TransportEndpoint newEndpoint(String uri);
}
