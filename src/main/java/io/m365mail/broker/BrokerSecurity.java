package io.m365mail.broker;

import java.util.Objects;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;

/**
 * Who may do what in the embedded broker. There are two kinds of user: ourselves, known by a password made up at each
 * start, who may do everything; and line-of-business systems, who may send to the submission queues and listen to the
 * events, and nothing else: a delivery put straight into a transport's queue would go around the limits and the sender
 * rules. On loopback an application needs no credentials unless some are configured.
 */
final class BrokerSecurity implements ActiveMQSecurityManager5 {
    static final String INTERNAL = "m365-internal";
    private static final Subject SELF = new Subject(true, Set.of(new UserPrincipal(INTERNAL)), Set.of(), Set.of());
    private static final Subject APPLICATION =
            new Subject(true, Set.of(new UserPrincipal("application")), Set.of(), Set.of());

    private final String internalPassword;
    private final String username;
    private final String password;
    private final Set<String> submissionQueues;

    /**
     * @param username null where applications need no credentials
     * @param submissionQueues the queues of the jms sources
     */
    BrokerSecurity(String internalPassword, String username, String password, Set<String> submissionQueues) {
        this.internalPassword = internalPassword;
        this.username = username;
        this.password = password;
        this.submissionQueues = Set.copyOf(submissionQueues);
    }

    @Override
    public Subject authenticate(String user, String pass, RemotingConnection connection, String securityDomain) {
        if (INTERNAL.equals(user)) {
            return same(internalPassword, pass) ? SELF : null;
        }
        if (username == null) {
            return APPLICATION;
        }
        return Objects.equals(username, user) && same(password, pass) ? APPLICATION : null;
    }

    @Override
    public boolean authorize(Subject subject, Set<Role> roles, CheckType check, String address) {
        if (subject == SELF) {
            return true;
        }
        if (subject != APPLICATION) {
            return false;
        }
        String name = address.contains("::") ? address.substring(0, address.indexOf("::")) : address;
        return switch (check) {
            case SEND -> submissionQueues.contains(name);
            case CONSUME,
                    CREATE_DURABLE_QUEUE,
                    CREATE_NON_DURABLE_QUEUE,
                    DELETE_DURABLE_QUEUE,
                    DELETE_NON_DURABLE_QUEUE -> name.equals(Queues.EVENTS);
            default -> false;
        };
    }

    /** Compares in a time that tells nothing about where two passwords differ. */
    private static boolean same(String expected, String given) {
        return given != null
                && java.security.MessageDigest.isEqual(
                        expected.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        given.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public boolean validateUser(String user, String pass) {
        return authenticate(user, pass, null, null) != null;
    }

    @Override
    public boolean validateUserAndRole(String user, String pass, Set<Role> roles, CheckType check) {
        // Artemis calls the methods above; without an address nothing can be granted but to ourselves.
        return INTERNAL.equals(user) && same(internalPassword, pass);
    }

    @Override
    public String getDomain() {
        return "m365";
    }

    @Override
    public ActiveMQSecurityManager5 init(java.util.Map<String, String> properties) {
        return this;
    }

    /** Cluster connections are not used; the fixed default password would be a warning at each start. */
    static void closeDefaults(Configuration configuration, String internalPassword) {
        configuration.setClusterUser(INTERNAL).setClusterPassword(internalPassword);
    }
}
