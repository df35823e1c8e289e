package io.m365mail.source.smtp;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Takes mail over SMTP (RFC 5321) from listed networks and logged-in users. The body of each exchange is an
 * {@link io.m365mail.mail.Submission}; no header of the message becomes a Camel header. The client hears 250 only when
 * the route has returned without an exception.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "smtp-source",
        title = "SMTP source",
        syntax = "smtp-source:name",
        consumerOnly = true,
        category = {Category.MAIL})
public class SmtpSourceEndpoint extends DefaultEndpoint {
    @UriPath(description = "Name of the source, for logs, replies and the submission")
    @Metadata(required = true)
    private final String name;

    @UriParam
    private final SmtpSourceOptions options = new SmtpSourceOptions();

    SmtpSourceEndpoint(String uri, SmtpSourceComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        var consumer = new SmtpSourceConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(getEndpointUri() + " is a way in; messages leave through transports");
    }

    @Override
    public SmtpSourceComponent getComponent() {
        return (SmtpSourceComponent) super.getComponent();
    }

    public String getName() {
        return name;
    }

    public SmtpSourceOptions getOptions() {
        return options;
    }
}
