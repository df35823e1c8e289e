package io.m365mail.source.smtp;

import io.m365mail.rewrite.RewriteRules;
import java.time.Duration;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of one {@code smtp-source} endpoint: those of the listener, and how what it takes is accepted. */
@UriParams
public class SmtpSourceOptions extends SmtpListenerOptions {
    @UriParam(description = "Says which recipients nothing can carry mail to; by default all can be reached")
    private RecipientCheck recipientCheck;

    @UriParam(description = "Rewrite rules, for what MAIL and RCPT are answered; the route applies them")
    private RewriteRules rewriteRules = RewriteRules.none();

    @UriParam(label = "advanced", description = "Threads that run the route", defaultValue = "64")
    private int workers = 64;

    @UriParam(
            label = "advanced",
            description = "Whole messages that may wait for a worker; more get 452 at DATA",
            defaultValue = "256")
    private int queue = 256;

    @UriParam(
            label = "advanced",
            description = "The route must be through by then, else the client is told to try again",
            defaultValue = "30s",
            javaType = "java.time.Duration")
    private Duration acceptTimeout = Duration.ofSeconds(30);

    @UriParam(
            label = "advanced",
            description = "A connection without a command, or without data, for so long is closed",
            defaultValue = "5m",
            javaType = "java.time.Duration")
    private Duration idleTimeout = Duration.ofMinutes(5);

    public RecipientCheck getRecipientCheck() {
        return recipientCheck;
    }

    public void setRecipientCheck(RecipientCheck recipientCheck) {
        this.recipientCheck = recipientCheck;
    }

    public RewriteRules getRewriteRules() {
        return rewriteRules;
    }

    public void setRewriteRules(RewriteRules rewriteRules) {
        this.rewriteRules = rewriteRules;
    }

    public int getWorkers() {
        return workers;
    }

    public void setWorkers(int workers) {
        this.workers = workers;
    }

    public int getQueue() {
        return queue;
    }

    public void setQueue(int queue) {
        this.queue = queue;
    }

    public Duration getAcceptTimeout() {
        return acceptTimeout;
    }

    public void setAcceptTimeout(Duration acceptTimeout) {
        this.acceptTimeout = acceptTimeout;
    }

    public Duration getIdleTimeout() {
        return idleTimeout;
    }

    public void setIdleTimeout(Duration idleTimeout) {
        this.idleTimeout = idleTimeout;
    }
}
