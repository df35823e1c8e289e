package io.m365mail.transport;

import org.apache.camel.spi.annotations.Component;

/** {@code m365-relay:NAME}: the tenant's MX through an inbound connector. */
@Component("m365-relay")
public class RelayComponent extends TransportComponent {
    @Override
    TransportEndpoint newEndpoint(String uri) {
        return new RelayEndpoint(uri, this);
    }
}
