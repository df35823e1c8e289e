package io.m365mail.smtp.server;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What is known of the other end. Written by the event loop, read by anybody. */
final class ConnectionPeer implements SmtpPeer {
    private final Channel channel;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private volatile String helloName;
    private volatile boolean extended;
    private volatile String tlsVersion;
    private volatile List<X509Certificate> chain = List.of();
    private volatile String user;

    ConnectionPeer(Channel channel, InetSocketAddress remote, InetSocketAddress local) {
        this.channel = channel;
        this.remote = remote;
        this.local = local;
    }

    void hello(String name, boolean ehlo) {
        helloName = name;
        extended = ehlo;
    }

    /** It has to greet again. */
    void noHello() {
        helloName = null;
        extended = false;
    }

    void authenticated(String name) {
        user = name;
    }

    /** TLS begins; what was said before does not count (RFC 3207 section 4.2). */
    void secured(SSLSession session) {
        noHello();
        user = null;
        try {
            chain = Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException none) {
            chain = List.of();
        }
        tlsVersion = session.getProtocol();
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public String helloName() {
        return helloName;
    }

    @Override
    public boolean extended() {
        return extended;
    }

    @Override
    public boolean tls() {
        return tlsVersion != null;
    }

    @Override
    public String tlsVersion() {
        return tlsVersion;
    }

    @Override
    public X509Certificate clientCertificate() {
        return chain.isEmpty() ? null : chain.get(0);
    }

    @Override
    public List<X509Certificate> clientChain() {
        return chain;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public void disconnect() {
        channel.close();
    }

    @Override
    public String toString() {
        return remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }
}
