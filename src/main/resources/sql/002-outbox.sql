-- What became of each recipient of an outbox row, where the application's database has no table mail_outbox_recipient.
CREATE TABLE m365_outbox_recipient (
    outbox_id  VARCHAR(64)   NOT NULL,
    address    VARCHAR(320)  NOT NULL,
    status     VARCHAR(20)   NOT NULL,
    detail     VARCHAR(1000),
    updated_at TIMESTAMP,
    PRIMARY KEY (outbox_id, address)
);
