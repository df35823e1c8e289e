package io.m365mail.source.smtp;

import io.m365mail.config.Secret;
import io.m365mail.config.SourceConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of one {@code smtp-source} endpoint. */
@UriParams
public class SmtpSourceOptions {
    @UriParam(description = "A bound source configuration; it replaces all options up to refuse")
    private SourceConfig.Smtp config;

    @UriParam(description = "IP address to listen on", defaultValue = "127.0.0.1")
    private String address = "127.0.0.1";

    @UriParam(description = "Port to listen on; 0 takes a free one", defaultValue = "2525")
    private int port = 2525;

    @UriParam(
            label = "security",
            description = "Comma list of networks (CIDR) that may submit without a login",
            defaultValue = "127.0.0.0/8,::1/128")
    private String networks = "127.0.0.0/8,::1/128";

    @UriParam(
            label = "security",
            secret = true,
            description = "Comma list of name:password that may submit after AUTH; needs tls")
    private String users = "";

    @UriParam(label = "security", description = "Comma list of patterns allowed in MAIL FROM; empty allows all")
    private String senders = "";

    @UriParam(label = "security", description = "Comma list of patterns allowed in RCPT TO; empty allows all")
    private String recipients = "";

    @UriParam(description = "Messages a minute for each client address or login; 0 is no limit", defaultValue = "0")
    private int rate;

    @UriParam(label = "security", description = "off, starttls, require or implicit", defaultValue = "off")
    private String tls = "off";

    @UriParam(label = "security", description = "Oldest TLS version accepted", defaultValue = "TLSv1.2")
    private String tlsMin = "TLSv1.2";

    @UriParam(label = "security", description = "PKCS#12 file with the listener's certificate and key")
    private String keyStore;

    @UriParam(label = "security", secret = true, description = "Password of the key store")
    private String keyStorePassword;

    @UriParam(description = "Largest message taken, in bytes", defaultValue = "157286400")
    private long maxMessageSize = 157_286_400;

    @UriParam(description = "Recipients of one message", defaultValue = "1000")
    private int maxRecipients = 1000;

    @UriParam(description = "Clients connected at a time", defaultValue = "200")
    private int maxConnections = 200;

    @UriParam(description = "Expect the PROXY header (v1 or v2) of a load balancer first", defaultValue = "false")
    private boolean proxyProtocol;

    @UriParam(
            description = "rcpt: ask recipientCheck and refuse at RCPT what it names; dead-letter: ask nothing",
            defaultValue = "rcpt")
    private String refuse = "rcpt";

    @UriParam(description = "Says which recipients nothing can carry mail to; by default all can be reached")
    private RecipientCheck recipientCheck;

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

    /** The bean's configuration, or one made of the options. */
    SourceConfig.Smtp effectiveConfig(String name) {
        if (config != null) {
            return config;
        }
        return new SourceConfig.Smtp(
                name,
                address,
                port,
                list(networks),
                list(users).stream().map(SmtpSourceOptions::user).toList(),
                list(senders),
                list(recipients),
                rate,
                tls,
                tlsMin,
                keyStore == null ? null : Path.of(keyStore),
                keyStorePassword == null ? null : Secret.of(keyStorePassword),
                maxMessageSize,
                maxRecipients,
                maxConnections,
                proxyProtocol,
                refuse);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    private static SourceConfig.User user(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("smtp-source: each of users is name:password, with a colon between");
        }
        return new SourceConfig.User(text.substring(0, colon), Secret.of(text.substring(colon + 1)));
    }

    public void setConfig(SourceConfig.Smtp config) {
        this.config = config;
    }

    public void setAddress(String address) {
        this.address = address;
    }

    public void setPort(int port) {
        this.port = port;
    }

    public void setNetworks(String networks) {
        this.networks = networks;
    }

    public void setUsers(String users) {
        this.users = users;
    }

    public void setSenders(String senders) {
        this.senders = senders;
    }

    public void setRecipients(String recipients) {
        this.recipients = recipients;
    }

    public void setRate(int rate) {
        this.rate = rate;
    }

    public void setTls(String tls) {
        this.tls = tls;
    }

    public void setTlsMin(String tlsMin) {
        this.tlsMin = tlsMin;
    }

    public void setKeyStore(String keyStore) {
        this.keyStore = keyStore;
    }

    public void setKeyStorePassword(String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    public void setMaxMessageSize(long maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    public void setMaxRecipients(int maxRecipients) {
        this.maxRecipients = maxRecipients;
    }

    public void setMaxConnections(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    public void setProxyProtocol(boolean proxyProtocol) {
        this.proxyProtocol = proxyProtocol;
    }

    public void setRefuse(String refuse) {
        this.refuse = refuse;
    }

    public RecipientCheck getRecipientCheck() {
        return recipientCheck;
    }

    public void setRecipientCheck(RecipientCheck recipientCheck) {
        this.recipientCheck = recipientCheck;
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
