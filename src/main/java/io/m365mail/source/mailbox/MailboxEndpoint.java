package io.m365mail.source.mailbox;

import io.m365mail.config.SourceConfig;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.component.mail.JavaMailSender;
import org.apache.camel.component.mail.MailComponent;
import org.apache.camel.component.mail.MailConfiguration;
import org.apache.camel.component.mail.MailEndpoint;

/** camel-mail's endpoint with our {@link MailboxConsumer}. */
final class MailboxEndpoint extends MailEndpoint {
    private final SourceConfig.Mailbox source;

    MailboxEndpoint(String uri, MailComponent component, MailConfiguration configuration, SourceConfig.Mailbox source) {
        super(uri, component, configuration);
        this.source = source;
    }

    @Override
    public Consumer createConsumer(Processor processor, JavaMailSender sender) throws Exception {
        var consumer = new MailboxConsumer(this, processor, sender, source);
        consumer.setMaxMessagesPerPoll(getMaxMessagesPerPoll());
        configureConsumer(consumer);
        return consumer;
    }
}
