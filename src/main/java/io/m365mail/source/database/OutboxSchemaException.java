package io.m365mail.source.database;

/** The tables of an outbox are missing or not as they must be; the message says what to do. */
final class OutboxSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutboxSchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
