-- External recipients of the whole tenant, by the minute in which they were counted: milliseconds since 1970 divided by
-- 60,000, by the store's clock.
CREATE TABLE m365_tenant_external (
    counted_minute BIGINT NOT NULL PRIMARY KEY,
    recipients BIGINT NOT NULL
);

INSERT INTO m365_turn (name) VALUES ('tenant');
