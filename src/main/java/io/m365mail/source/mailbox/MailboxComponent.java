package io.m365mail.source.mailbox;

import io.m365mail.config.SourceConfig;
import java.net.URI;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.mail.MailComponent;
import org.apache.camel.component.mail.MailConfiguration;
import org.apache.camel.component.mail.MailEndpoint;
import org.apache.camel.support.CamelContextHelper;

/**
 * {@code mailbox:NAME}: camel-mail's IMAP and POP3 endpoint, set up from the configuration (the bean {@code source-NAME})
 * and the login (the bean {@code mailbox-NAME}), so that no password stands in a URI. It connects for each look, so that
 * every look has a fresh token and a connection that broke meanwhile is nobody's trouble.
 *
 * <p>What camel-mail does on its own and must not do here: {@link MailboxConsumer}.
 */
public final class MailboxComponent extends MailComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) throws Exception {
        var context = getCamelContext();
        var source = CamelContextHelper.mandatoryLookup(context, "source-" + name, SourceConfig.Mailbox.class);
        var access = CamelContextHelper.mandatoryLookup(context, "mailbox-" + name, MailboxAccess.class);
        MailEndpoint endpoint = new MailboxEndpoint(uri, this, configuration(source, access), source);
        endpoint.setMailUidGenerator(new MessageUid());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private MailConfiguration configuration(SourceConfig.Mailbox source, MailboxAccess access) throws Exception {
        var config = new MailConfiguration(getCamelContext());
        config.configure(new URI(access.protocol() + "://localhost:1"));
        config.setHost(source.server().host());
        config.setPort(source.server().port());
        config.setJavaMailProperties(access.properties());
        config.setSession(access.session());
        config.setAuthenticator(access);
        config.setDisconnect(true);
        config.setMapMailMessage(false);
        config.setPeek(true);
        if (source.server().protocol().equals("imap")) {
            config.setFolderName(source.folder());
        }
        config.setDelete(source.after().what().equals("delete"));
        config.setMoveTo(source.after().folder());
        // Where what was taken is gone, what was read by a person is to be taken too.
        config.setUnseen(source.after().what().equals("seen"));
        return config;
    }
}
