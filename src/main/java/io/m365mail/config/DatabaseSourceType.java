package io.m365mail.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code type=database}. That the tables are there is looked at when the database is first reached, not here. */
final class DatabaseSourceType implements ConfigType<SourceConfig> {
    private static final Option<String> URL = Option.required(
            "url",
            ValueType.of("JDBC URL", text -> ValueTypes.parseJdbc(text, "username and password of the source")),
            "the database with the table mail_outbox: H2, PostgreSQL or MariaDB");
    private static final Option<String> USERNAME =
            Option.optional("username", ValueTypes.TEXT, "login at the database");
    private static final Option<Secret> PASSWORD = Option.optional(
            "password", ValueTypes.SECRET, "password of that login; none where it is left out, as for H2's sa");
    private static final Option<Duration> POLL_INTERVAL = Option.of(
            "poll-interval", ValueTypes.DURATION, "1s", "between two looks into a table that has nothing to send");
    private static final Option<Long> MAX_MESSAGE_SIZE = Option.of(
            "max-message-size",
            ValueTypes.SIZE,
            "35MiB",
            "all attachments of a message together; a row with more is DEAD");

    @Override
    public String type() {
        return "database";
    }

    @Override
    public String about() {
        return "the table mail_outbox of an application's database; see config/sql";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(URL, USERNAME, PASSWORD, POLL_INTERVAL, MAX_MESSAGE_SIZE);
    }

    @Override
    public SourceConfig bind(String name, Section s, Path data) {
        s.withIt(PASSWORD, USERNAME);
        return new SourceConfig.Database(
                name, s.get(URL), s.get(USERNAME), s.get(PASSWORD), s.get(POLL_INTERVAL), s.get(MAX_MESSAGE_SIZE));
    }
}
