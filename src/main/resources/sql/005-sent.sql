-- To whom each submission was sent, for the bounces that may come. Times are milliseconds since 1970; bounced_at is 0
-- while nothing has come back. Empty text stands for none.
CREATE TABLE m365_sent (
    submission_id VARCHAR(64)   NOT NULL,
    address       VARCHAR(320)  NOT NULL,
    source        VARCHAR(200)  NOT NULL,
    submitter_id  VARCHAR(1000) NOT NULL,
    transport     VARCHAR(200)  NOT NULL,
    message_id    VARCHAR(300)  NOT NULL,
    sent_at       BIGINT        NOT NULL,
    bounced_at    BIGINT        NOT NULL,
    PRIMARY KEY (submission_id, address)
);

CREATE INDEX m365_sent_by_message_id ON m365_sent (message_id);
CREATE INDEX m365_sent_by_time ON m365_sent (sent_at);
