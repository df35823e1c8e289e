package io.m365mail.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A type of source or transport: its table of options and the small binder that goes with it. A new type is a new
 * implementation and a line in the {@link Catalogue}.
 */
interface ConfigType<T> {
    /** The value of the key {@code type}. */
    String type();

    /** One line for the documentation. */
    String about();

    List<Option<?>> options();

    /**
     * Reads every option and checks what they say together; mistakes are noted in the section, and what is returned then
     * is of no use.
     */
    T bind(String name, Section section, Path data);
}
