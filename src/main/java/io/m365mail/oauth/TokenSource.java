package io.m365mail.oauth;

/** Gives access tokens. May be called from any thread. */
public interface TokenSource {
    /** A token that is still good for some minutes; from the cache where there is one. */
    String token() throws TokenException;

    /**
     * A server refused {@code token}. If it is the cached one and not quite new, it is thrown away.
     *
     * @return true where the next {@link #token()} fetches another, so that trying again makes sense
     */
    boolean invalidate(String token);
}
