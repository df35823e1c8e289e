package io.m365mail.transport;

import org.apache.camel.spi.annotations.Component;

/** {@code m365-server:NAME}: the customer's own mail server. */
@Component("m365-server")
public class ServerComponent extends TransportComponent {
    @Override
    TransportEndpoint newEndpoint(String uri) {
        return new ServerEndpoint(uri, this);
    }
}
