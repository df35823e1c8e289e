package io.m365mail.handover;

/** A look at a transport's server without a message: connection, greeting, TLS and login. */
public interface ServerProbe {
    /** @return null when the server answers, else what is wrong, in one line */
    String look(String transport);
}
