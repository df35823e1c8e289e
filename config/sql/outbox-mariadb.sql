-- The outbox of m365-mail-routes for MariaDB (10.6 and later). Run it in the application's database and grant
-- the login of the source
-- SELECT and UPDATE on mail_outbox, SELECT on mail_outbox_attachment, and SELECT, INSERT and UPDATE on
-- mail_outbox_recipient. More columns may be added; docs/database.md says what each of these means.

CREATE TABLE mail_outbox (
    id            BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sender        VARCHAR(320)  NOT NULL,
    recipients    MEDIUMTEXT,
    cc            MEDIUMTEXT,
    bcc           MEDIUMTEXT,
    subject       VARCHAR(1000),
    text_body     MEDIUMTEXT,
    html_body     MEDIUMTEXT,
    headers       MEDIUMTEXT,
    priority      INT,
    send_at       DATETIME,
    status        VARCHAR(20)   NOT NULL DEFAULT 'NEW',
    submission_id VARCHAR(64),
    detail        VARCHAR(1000),
    created_at    DATETIME DEFAULT CURRENT_TIMESTAMP,
    updated_at    DATETIME
) ENGINE = InnoDB CHARACTER SET utf8mb4;

CREATE INDEX mail_outbox_status ON mail_outbox (status, send_at);

CREATE TABLE mail_outbox_attachment (
    id            BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    outbox_id     BIGINT        NOT NULL REFERENCES mail_outbox (id) ON DELETE CASCADE,
    name          VARCHAR(255)  NOT NULL,
    content_type  VARCHAR(255),
    content_id    VARCHAR(255),
    content       LONGBLOB      NOT NULL,
    INDEX mail_outbox_attachment_of (outbox_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4;

-- Leave this one out if nobody wants to know about each recipient.
CREATE TABLE mail_outbox_recipient (
    outbox_id     BIGINT        NOT NULL REFERENCES mail_outbox (id) ON DELETE CASCADE,
    address       VARCHAR(320)  COLLATE utf8mb4_bin NOT NULL,
    status        VARCHAR(20)   NOT NULL,
    detail        VARCHAR(1000),
    updated_at    DATETIME,
    PRIMARY KEY (outbox_id, address)
) ENGINE = InnoDB CHARACTER SET utf8mb4;
