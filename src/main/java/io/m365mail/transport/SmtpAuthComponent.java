package io.m365mail.transport;

import org.apache.camel.spi.annotations.Component;

/** {@code m365-smtp-auth:NAME}: a mailbox's SMTP AUTH client submission. */
@Component("m365-smtp-auth")
public class SmtpAuthComponent extends TransportComponent {
    @Override
    TransportEndpoint newEndpoint(String uri) {
        return new SmtpAuthEndpoint(uri, this);
    }
}
