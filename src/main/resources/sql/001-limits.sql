-- Sends counted against the limits of Exchange Online, and the state of the transports' gates.
-- Times are milliseconds since 1970 by the store's clock, so that no time zone or driver can bend them.

-- One row for each limit (a mailbox, a transport): locked while a send is counted.
CREATE TABLE m365_limit (
    limit_key VARCHAR(400) NOT NULL PRIMARY KEY
);

-- One row for each send. answered_at is null while the server has not replied; seen_at says when the instance
-- that sends was last known to live.
CREATE TABLE m365_send (
    instance VARCHAR(80) NOT NULL,
    id BIGINT NOT NULL,
    limit_key VARCHAR(400) NOT NULL,
    recipients INT NOT NULL,
    reserved_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    answered_at BIGINT,
    PRIMARY KEY (instance, id)
);

CREATE INDEX m365_send_by_key ON m365_send (limit_key, answered_at, recipients);

-- Holds and parks survive a restart. An open gate has no row.
CREATE TABLE m365_gate_state (
    transport VARCHAR(200) NOT NULL PRIMARY KEY,
    gate_mode VARCHAR(10) NOT NULL,
    reason VARCHAR(1000) NOT NULL,
    since_at BIGINT NOT NULL,
    until_at BIGINT
);
