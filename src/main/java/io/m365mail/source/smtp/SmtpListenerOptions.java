package io.m365mail.source.smtp;

import io.m365mail.config.Secret;
import io.m365mail.config.SourceConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** Where an {@code smtp-source} listens and whom it lets in: what a bound configuration may say instead. */
@UriParams
public class SmtpListenerOptions {
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
                list(users).stream().map(SmtpListenerOptions::user).toList(),
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
                true,
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

    public SourceConfig.Smtp getConfig() {
        return config;
    }

    public void setConfig(SourceConfig.Smtp config) {
        this.config = config;
    }

    public String getAddress() {
        return address;
    }

    public void setAddress(String address) {
        this.address = address;
    }

    public int getPort() {
        return port;
    }

    public void setPort(int port) {
        this.port = port;
    }

    public String getNetworks() {
        return networks;
    }

    public void setNetworks(String networks) {
        this.networks = networks;
    }

    public String getUsers() {
        return users;
    }

    public void setUsers(String users) {
        this.users = users;
    }

    public String getSenders() {
        return senders;
    }

    public void setSenders(String senders) {
        this.senders = senders;
    }

    public String getRecipients() {
        return recipients;
    }

    public void setRecipients(String recipients) {
        this.recipients = recipients;
    }

    public int getRate() {
        return rate;
    }

    public void setRate(int rate) {
        this.rate = rate;
    }

    public String getTls() {
        return tls;
    }

    public void setTls(String tls) {
        this.tls = tls;
    }

    public String getTlsMin() {
        return tlsMin;
    }

    public void setTlsMin(String tlsMin) {
        this.tlsMin = tlsMin;
    }

    public String getKeyStore() {
        return keyStore;
    }

    public void setKeyStore(String keyStore) {
        this.keyStore = keyStore;
    }

    public String getKeyStorePassword() {
        return keyStorePassword;
    }

    public void setKeyStorePassword(String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    public long getMaxMessageSize() {
        return maxMessageSize;
    }

    public void setMaxMessageSize(long maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    public int getMaxRecipients() {
        return maxRecipients;
    }

    public void setMaxRecipients(int maxRecipients) {
        this.maxRecipients = maxRecipients;
    }

    public int getMaxConnections() {
        return maxConnections;
    }

    public void setMaxConnections(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    public boolean isProxyProtocol() {
        return proxyProtocol;
    }

    public void setProxyProtocol(boolean proxyProtocol) {
        this.proxyProtocol = proxyProtocol;
    }

    public String getRefuse() {
        return refuse;
    }

    public void setRefuse(String refuse) {
        this.refuse = refuse;
    }
}
