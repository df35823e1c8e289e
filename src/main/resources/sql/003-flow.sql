-- What a transport's queue does when its gate does not simply stand open. Times are milliseconds since 1970.

-- Queues that are handed to another transport: by hand, or to the fallback of one that is down.
CREATE TABLE m365_handover (
    transport VARCHAR(200) NOT NULL PRIMARY KEY,
    target VARCHAR(200) NOT NULL,
    by_hand INT NOT NULL,
    since_at BIGINT NOT NULL
);
