package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.spi.UriEndpoint;

/** Send deliveries to recipients in the tenant over its MX, without a login (direct send). */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "m365-direct-send",
        title = "Microsoft 365 direct send",
        syntax = "m365-direct-send:name",
        producerOnly = true,
        category = {Category.MAIL})
public class DirectSendEndpoint extends MxEndpoint {
    public DirectSendEndpoint(String uri, Component component) {
        super(uri, component);
    }

    @Override
    TransportConfig fromOptions() {
        return new TransportConfig.DirectSend(
                getName(), target(null, 25, "opportunistic"), limits(), cloudValue(), domainList());
    }
}
