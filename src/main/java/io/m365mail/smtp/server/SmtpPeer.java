package io.m365mail.smtp.server;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/** The other end of a connection, as far as it is known now. Live: values change with STARTTLS, EHLO and AUTH. */
public interface SmtpPeer {
    InetSocketAddress remote();

    InetSocketAddress local();

    /** The name given with EHLO or HELO, or null before. Already checked for characters, never for truth. */
    String helloName();

    /** It said EHLO, not HELO, and so may use extensions. */
    boolean extended();

    boolean tls();

    /** Such as {@code TLSv1.3}, or null. */
    String tlsVersion();

    /** The client's certificate where it showed one, or null. */
    X509Certificate clientCertificate();

    /** The whole chain that the client showed, its own certificate first; empty without one. */
    default List<X509Certificate> clientChain() {
        return clientCertificate() == null ? List.of() : List.of(clientCertificate());
    }

    /** Who authenticated, or null. */
    String user();

    /** Closes at once, without a reply. */
    void disconnect();
}
