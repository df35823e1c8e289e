package io.m365mail.source.mailbox;

import io.m365mail.config.SourceConfig;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.mail.JavaMailSender;
import org.apache.camel.component.mail.MailConstants;
import org.apache.camel.component.mail.MailConsumer;
import org.apache.camel.component.mail.MailEndpoint;
import org.apache.camel.component.mail.MailMessage;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.util.KeyValueHolder;

/**
 * camel-mail's consumer, without what makes it unfit for mail from strangers. As it stands, every header of a mail becomes
 * a Camel header, and its headers {@code delete}, {@code moveTo} and {@code copyTo} then decide over the mailbox: here the
 * route gets a message without any header, whose body is the mail unread ({@link MailboxMail}), and the route's
 * {@link Fate} alone decides. A header of any size is not fetched behind our back. What cannot be accepted now ends the
 * poll with one report, rather than a stack trace for each message. A mail is deleted, moved or marked after the
 * route has come to its end, and so after the acceptance has committed.
 */
final class MailboxConsumer extends MailConsumer {
    private static final int REMEMBERED = 10_000;

    private final SourceConfig.Mailbox source;
    /** What stays in a POP3 mailbox, by UIDL, so that it is told of once. */
    private final Set<String> left = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    private boolean stopped;
    private boolean opened;

    MailboxConsumer(MailEndpoint endpoint, Processor processor, JavaMailSender sender, SourceConfig.Mailbox source) {
        super(endpoint, processor, sender);
        this.source = source;
    }

    @Override
    protected int poll() throws Exception {
        stopped = false;
        opened = false;
        int polled = super.poll();
        if (!opened) {
            throw new MessagingException("the folder cannot be opened; the logger " + MailConsumer.class.getName()
                    + " at WARN says why, each time");
        }
        return polled;
    }

    /** camel-mail calls this when the folder is open; that it could not open it, it tells its log only. */
    @Override
    protected void forceConsumerAsReady() {
        opened = true;
        super.forceConsumerAsReady();
    }

    @Override
    public boolean isBatchAllowed() {
        return !stopped && super.isBatchAllowed();
    }

    @Override
    protected Exchange createExchange(KeyValueHolder<String, Message> uidAndMessage) throws MessagingException {
        return left.contains(uidAndMessage.getKey()) ? null : super.createExchange(uidAndMessage);
    }

    @Override
    protected void processExchange(Exchange exchange) throws Exception {
        Message mail = exchange.getIn(MailMessage.class).getOriginalMessage();
        exchange.removeProperty(Exchange.BINDING);
        var message = new DefaultMessage(exchange);
        message.setBody(new MailboxMail(mail, exchange.getProperty(MAIL_MESSAGE_UID, String.class)));
        exchange.setIn(message);
        getProcessor().process(exchange);
    }

    @Override
    protected void processCommit(Message mail, Exchange exchange) {
        if (Fate.LATER.is(exchange)) {
            return;
        }
        // The headers by which camel-mail can be told what to do: ours, and no other.
        var told = new DefaultMessage(exchange);
        if (Fate.ASIDE.is(exchange)) {
            if (!source.server().protocol().equals("imap")) {
                left.add(exchange.getProperty(MAIL_MESSAGE_UID, String.class));
                return;
            }
            told.setHeader(MailConstants.MAIL_DELETE, false);
            told.setHeader(MailConstants.MAIL_MOVE_TO, source.asideFolder());
        }
        exchange.setIn(told);
        super.processCommit(mail, exchange);
    }

    @Override
    protected void processRollback(Message mail, Exchange exchange) {
        stopped = true;
        getExceptionHandler().handleException("not accepted now", exchange, exchange.getException());
    }
}
