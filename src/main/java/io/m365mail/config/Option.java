package io.m365mail.config;

/**
 * One key of the configuration: the only place where its name, type, default and meaning are written. The binder, the
 * generated {@code config/application.properties}, the generated page and the hints for misspelt keys all read it.
 *
 * @param key without the prefix of its group: {@code port} of {@code m365.source.<name>.port}
 * @param type what its value may be
 * @param defaultText the default as it would stand in the file, or null
 * @param defaultNote a default that is worked out rather than written, in words, or null
 * @param required without a default it has to be set
 * @param description one sentence, with the unit
 */
record Option<T>(
        String key, ValueType<T> type, String defaultText, String defaultNote, boolean required, String description) {

    static <T> Option<T> of(String key, ValueType<T> type, String defaultText, String description) {
        return new Option<>(key, type, defaultText, null, false, description);
    }

    /** May be left out; there is no value then. */
    static <T> Option<T> optional(String key, ValueType<T> type, String description) {
        return new Option<>(key, type, null, null, false, description);
    }

    static <T> Option<T> required(String key, ValueType<T> type, String description) {
        return new Option<>(key, type, null, null, true, description);
    }

    /** May be left out; its default depends on other keys or on the machine and is worked out by the binder. */
    static <T> Option<T> derived(String key, ValueType<T> type, String defaultNote, String description) {
        return new Option<>(key, type, null, defaultNote, false, description);
    }

    /** What may be shown of a value in a message. */
    String shown(String raw) {
        return type.secret() && !raw.isEmpty()
                ? "***"
                : raw.replaceAll("//[^/@]*@", "//***@").replaceAll("\\?.*", "?***");
    }
}
