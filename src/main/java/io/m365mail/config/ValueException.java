package io.m365mail.config;

/** A value that cannot be used: the reason and the cure of a {@link Mistake}. Neither repeats a resolved secret. */
final class ValueException extends Exception {
    private static final long serialVersionUID = 1;

    private final String cure;

    ValueException(String reason, String cure) {
        super(reason);
        this.cure = cure;
    }

    String reason() {
        return getMessage();
    }

    String cure() {
        return cure;
    }
}
