package io.m365mail.source.smtp;

import io.m365mail.config.SourceConfig;
import io.m365mail.mail.Submission;
import io.m365mail.smtp.server.SmtpServer;
import io.m365mail.smtp.server.SmtpServerLimits;
import io.m365mail.smtp.server.SmtpServerOptions;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * Runs the listener. Suspending and stopping drain it: the port is closed, idle clients are sent away with 421, and
 * transactions under way finish.
 */
public class SmtpSourceConsumer extends DefaultConsumer implements Suspendable {
    private static final String SUBMISSION_ID = "M365SubmissionId";
    /** A client that did not hear our 250 sends again within hours. */
    private static final Duration REPEAT_WINDOW = Duration.ofHours(12);

    private final SmtpSourceEndpoint endpoint;
    private ExecutorService workers;
    private SmtpServer server;

    SmtpSourceConsumer(SmtpSourceEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    /** The port that is bound; with {@code port=0} the one that was free. */
    public int getPort() {
        return server.port();
    }

    /** Clients connected now. */
    public int getConnections() {
        return server == null ? 0 : server.connections();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SmtpSourceOptions options = endpoint.getOptions();
        SourceConfig.Smtp config = options.effectiveConfig(endpoint.getName());
        workers = workers(options);
        int capacity = options.getWorkers() + options.getQueue();
        var unconfirmed = new UnconfirmedAnswers(REPEAT_WINDOW, Clock.systemUTC());
        var acceptance = new Acceptance(
                config.name(),
                workers,
                capacity,
                options.getAcceptTimeout(),
                config.headerPriority(),
                unconfirmed,
                this::runRoute);
        var policy = new SubmissionPolicy(config, options.getRecipientCheck(), System::nanoTime);
        String hostname = endpoint.getComponent().getHostname();
        server = new SmtpServer(
                listener(config, options, hostname),
                peer -> new SubmissionConversation(
                        config.name(),
                        hostname,
                        peer,
                        policy,
                        options.getRewriteRules(),
                        acceptance,
                        unconfirmed,
                        Clock.systemUTC()),
                limits(config));
        server.start();
    }

    @Override
    protected void doSuspend() {
        server.stop();
    }

    @Override
    protected void doResume() throws Exception {
        server.start();
    }

    @Override
    protected void doStop() throws Exception {
        if (server != null) {
            server.stop();
        }
        if (workers != null) {
            getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(workers);
            workers = null;
        }
        super.doStop();
    }

    /** In the worker's thread; whatever the route throws goes back to the client as a reply. */
    private String runRoute(Submission submission) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(submission);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            return exchange.getProperty(SUBMISSION_ID, String.class);
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private ExecutorService workers(SmtpSourceOptions options) {
        var profile = new ThreadPoolProfile("smtp-source");
        profile.setPoolSize(options.getWorkers());
        profile.setMaxPoolSize(options.getWorkers());
        profile.setMaxQueueSize(options.getQueue() + options.getWorkers());
        profile.setKeepAliveTime(30L);
        profile.setAllowCoreThreadTimeOut(true);
        profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
        return getEndpoint()
                .getCamelContext()
                .getExecutorServiceManager()
                .newThreadPool(this, "smtp-source-" + endpoint.getName(), profile);
    }

    /** One client may not take all connections, so that a device gone mad does not silence the others. */
    private SmtpServerLimits limits(SourceConfig.Smtp config) {
        return SmtpServerLimits.defaults()
                .withConnectionsPerAddress(Math.max(1, config.maxConnections() - config.maxConnections() / 4))
                .withBudget(endpoint.getComponent().getBudget());
    }

    private SmtpServerOptions listener(SourceConfig.Smtp config, SmtpSourceOptions options, String hostname)
            throws IOException, GeneralSecurityException {
        Tls tls = Tls.valueOf(config.tls().toUpperCase(Locale.ROOT));
        return new SmtpServerOptions(
                config.name(),
                config.address(),
                config.port(),
                hostname,
                tls,
                tls == Tls.OFF ? null : KeyStoreContext.load(config.keyStore(), config.keyStorePassword()),
                config.tlsMin().equals("TLSv1.3") ? List.of("TLSv1.3") : List.of("TLSv1.2", "TLSv1.3"),
                false,
                config.users().isEmpty() ? List.of() : List.of("LOGIN", "PLAIN"),
                config.maxMessageSize(),
                config.maxRecipients(),
                config.maxConnections(),
                options.getIdleTimeout(),
                endpoint.getComponent().getSpoolDirectory(),
                config.proxyProtocol(),
                SmtpServerOptions.DEFAULT_EXTENSIONS);
    }
}
