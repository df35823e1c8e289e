package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import io.m365mail.limit.Gate;
import io.m365mail.smtp.client.PoolLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Component;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** The options that the endpoints of all transports share. */
abstract class TransportOptions extends DefaultEndpoint {
    @UriPath(description = "Name of the transport, for logs")
    @Metadata(required = true)
    private String name;

    @UriParam(
            description =
                    "A bound transport configuration; the other options but hostname, gate and the times are then ignored")
    private TransportConfig config;

    @UriParam(description = "The door of the transport's limits: asked right before MAIL, told when the reply came")
    private Gate gate;

    @UriParam(description = "Host name of the server")
    private String host;

    @UriParam(description = "Port of the server; by default that of the transport's type")
    private int port;

    @UriParam(description = "require, opportunistic, off or implicit; by default that of the transport's type")
    private String tls;

    @UriParam(label = "security", description = "PKCS#12 file with the certificates to trust instead of the JDK's")
    private Path trustStore;

    @UriParam(label = "security", secret = true, description = "Password of the trust store")
    private String trustStorePassword;

    @UriParam(description = "Local address to connect from")
    private String localAddress;

    @UriParam(description = "Our name for EHLO", defaultValue = "localhost")
    private String hostname = "localhost";

    @UriParam(description = "Connections at a time", defaultValue = "3")
    private int connections = 3;

    @UriParam(description = "After so many messages a connection is closed; 0 is no limit", defaultValue = "100")
    private int messagesPerConnection = 100;

    @UriParam(
            description = "An unused connection is closed after so long",
            defaultValue = "90s",
            javaType = "java.time.Duration")
    private Duration maxIdle = PoolLimits.MAX_IDLE;

    @UriParam(
            description = "An older connection is closed after its message",
            defaultValue = "10m",
            javaType = "java.time.Duration")
    private Duration maxAge = Duration.ofMinutes(10);

    @UriParam(
            description = "For the TCP connection and the TLS handshake",
            defaultValue = "30s",
            javaType = "java.time.Duration")
    private Duration connectTimeout = Duration.ofSeconds(30);

    @UriParam(
            description = "For every reply; by default those of RFC 5321 section 4.5.3.2",
            javaType = "java.time.Duration")
    private Duration readTimeout;

    @UriParam(description = "Connect to IPv4 addresses only")
    private boolean ipv4;

    TransportOptions(String uri, Component component) {
        super(uri, component);
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public TransportConfig getConfig() {
        return config;
    }

    public void setConfig(TransportConfig config) {
        this.config = config;
    }

    public Gate getGate() {
        return gate;
    }

    public void setGate(Gate gate) {
        this.gate = gate;
    }

    public String getHost() {
        return host;
    }

    public void setHost(String host) {
        this.host = host;
    }

    public int getPort() {
        return port;
    }

    public void setPort(int port) {
        this.port = port;
    }

    public String getTls() {
        return tls;
    }

    public void setTls(String tls) {
        this.tls = tls;
    }

    public Path getTrustStore() {
        return trustStore;
    }

    public void setTrustStore(Path trustStore) {
        this.trustStore = trustStore;
    }

    public String getTrustStorePassword() {
        return trustStorePassword;
    }

    public void setTrustStorePassword(String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    public String getLocalAddress() {
        return localAddress;
    }

    public void setLocalAddress(String localAddress) {
        this.localAddress = localAddress;
    }

    public String getHostname() {
        return hostname;
    }

    public void setHostname(String hostname) {
        this.hostname = hostname;
    }

    public int getConnections() {
        return connections;
    }

    public void setConnections(int connections) {
        this.connections = connections;
    }

    public int getMessagesPerConnection() {
        return messagesPerConnection;
    }

    public void setMessagesPerConnection(int messagesPerConnection) {
        this.messagesPerConnection = messagesPerConnection;
    }

    public Duration getMaxIdle() {
        return maxIdle;
    }

    public void setMaxIdle(Duration maxIdle) {
        this.maxIdle = maxIdle;
    }

    public Duration getMaxAge() {
        return maxAge;
    }

    public void setMaxAge(Duration maxAge) {
        this.maxAge = maxAge;
    }

    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public Duration getReadTimeout() {
        return readTimeout;
    }

    public void setReadTimeout(Duration readTimeout) {
        this.readTimeout = readTimeout;
    }

    public boolean isIpv4() {
        return ipv4;
    }

    public void setIpv4(boolean ipv4) {
        this.ipv4 = ipv4;
    }
}
