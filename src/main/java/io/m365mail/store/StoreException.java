package io.m365mail.store;

/** The store cannot be opened or closed; the message says what to do. */
public final class StoreException extends RuntimeException {
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
