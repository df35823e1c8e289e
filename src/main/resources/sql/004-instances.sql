-- What several instances on one store do in turn.

-- Whose turn the probe of a held transport is. Times are milliseconds since 1970 by the store's clock.
CREATE TABLE m365_probe (
    transport VARCHAR(200) NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL,
    wait_ms BIGINT NOT NULL,
    busy_until BIGINT NOT NULL
);

-- Rows to lock for work that only one instance may do at a time.
CREATE TABLE m365_turn (
    name VARCHAR(40) NOT NULL PRIMARY KEY
);

INSERT INTO m365_turn (name) VALUES ('handover'), ('gate');

-- How many connections each instance may have open for a limit, so that all together keep to it.
CREATE TABLE m365_connection (
    limit_key VARCHAR(400) NOT NULL,
    instance VARCHAR(80) NOT NULL,
    held INT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (limit_key, instance)
);
