package io.m365mail.transport;

import org.apache.camel.spi.annotations.Component;

/** {@code m365-direct-send:NAME}: the tenant's MX without a login. */
@Component("m365-direct-send")
public class DirectSendComponent extends TransportComponent {
    @Override
    TransportEndpoint newEndpoint(String uri) {
        return new DirectSendEndpoint(uri, this);
    }
}
