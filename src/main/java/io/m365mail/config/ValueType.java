package io.m365mail.config;

/**
 * What the value of an option may be: turns the text of the file into a value, or says what is wrong with it.
 *
 * @param name for the documentation: {@code port}, {@code duration}
 * @param secret values are masked wherever they are shown
 * @param mayBeEmpty an empty value is a value (an empty list) rather than a mistake
 * @param parser is given the text with its placeholders still in it
 */
record ValueType<T>(String name, boolean secret, boolean mayBeEmpty, Parser<T> parser) {

    /** Text with placeholders to value. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String raw, Placeholders placeholders) throws ValueException;
    }

    /** Text without placeholders to value. */
    @FunctionalInterface
    interface Plain<T> {
        T parse(String text) throws ValueException;
    }

    static <T> ValueType<T> of(String name, Plain<T> parser) {
        return new ValueType<>(name, false, false, (raw, p) -> parser.parse(resolved(raw, p)));
    }

    static <T> ValueType<T> secret(String name, Plain<T> parser) {
        return new ValueType<>(name, true, false, (raw, p) -> parser.parse(resolved(raw, p)));
    }

    /** The text with its placeholders filled in, free of control characters, which no value needs. */
    static String resolved(String raw, Placeholders placeholders) throws ValueException {
        String text = placeholders.resolve(raw).strip();
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new ValueException(
                    "the value has a control character or a line break in it", "Give it in a single line");
        }
        if (text.isEmpty() && !raw.isEmpty()) {
            throw new ValueException("its placeholder yields nothing", "Give the variable or the file a value");
        }
        return text;
    }
}
