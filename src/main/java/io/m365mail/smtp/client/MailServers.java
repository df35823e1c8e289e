package io.m365mail.smtp.client;

import java.net.InetAddress;
import java.util.List;

/** Where the connections of a transport go. Asked for each connection, from several threads. */
public interface MailServers {
    /**
     * The servers in the order in which they are to be tried, at least one, each with at least one address.
     *
     * @throws SmtpFailure where none is known; says why
     */
    List<Server> find() throws SmtpFailure;

    /**
     * @param host the name for SNI and for the check of the certificate
     * @param addresses in the order in which they are to be tried
     */
    record Server(String host, List<InetAddress> addresses) {
        public Server {
            addresses = List.copyOf(addresses);
        }
    }
}
