package io.m365mail.sandbox;

import java.util.Objects;

/**
 * The limits that the sandbox keeps, with Exchange Online's figures as the start
 * (https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits).
 *
 * @param messagesPerMinute a mailbox, in any 60 seconds, counted when a message is taken
 * @param overRate what happens to a message above that
 * @param connections authenticated connections of a mailbox at once; a message on a further one gets {@code 432 4.3.2}
 * @param recipientsPerDay a mailbox, in any 24 hours
 * @param recipientsPerMessage more get {@code 452 4.5.3} at RCPT
 * @param messageSize bytes a message may have (the mailbox limit, below what EHLO advertises)
 * @param headerSize bytes of the header block
 * @param externalRecipientsPerDay recipients outside the tenant's domains, all mailboxes together, in any 24 hours
 */
public record SandboxLimits(
        int messagesPerMinute,
        OverRate overRate,
        int connections,
        int recipientsPerDay,
        int recipientsPerMessage,
        long messageSize,
        int headerSize,
        int externalRecipientsPerDay) {

    /** The value of a limit that is off. What is used meanwhile is not counted when it is turned on. */
    public static final int OFF = Integer.MAX_VALUE;

    /** What the server does with a message above the rate. Microsoft's pages say both; {@code DELAYED} is the newer. */
    public enum OverRate {
        /** The reply to the message is held back until the message has its place in a later minute. */
        DELAYED,
        /** {@code 421 4.4.2}, and the message is not taken. */
        REFUSED
    }

    public SandboxLimits {
        Objects.requireNonNull(overRate, "overRate");
        if (messagesPerMinute < 1
                || connections < 1
                || recipientsPerDay < 1
                || recipientsPerMessage < 1
                || messageSize < 1
                || headerSize < 1
                || externalRecipientsPerDay < 1) {
            throw new IllegalArgumentException("every limit must be at least 1");
        }
    }

    /** 30 a minute delayed, 3 connections, 10,000 a day, 500 a message, 35 MB, 256 KB of header, no tenant limit. */
    public static SandboxLimits exchangeOnline() {
        return new SandboxLimits(30, OverRate.DELAYED, 3, 10_000, 500, 35L << 20, 256 << 10, OFF);
    }

    /** No limit of rate, connections or days: for tests about something else. */
    public static SandboxLimits none() {
        return new SandboxLimits(OFF, OverRate.DELAYED, OFF, OFF, 1000, 157_286_400L, 256 << 10, OFF);
    }

    public SandboxLimits withRate(int perMinute, OverRate behaviour) {
        return new SandboxLimits(
                perMinute,
                behaviour,
                connections,
                recipientsPerDay,
                recipientsPerMessage,
                messageSize,
                headerSize,
                externalRecipientsPerDay);
    }

    public SandboxLimits withConnections(int max) {
        return new SandboxLimits(
                messagesPerMinute,
                overRate,
                max,
                recipientsPerDay,
                recipientsPerMessage,
                messageSize,
                headerSize,
                externalRecipientsPerDay);
    }

    /** Recipients of a mailbox a day, of one message, and of the whole tenant outside its domains a day. */
    public SandboxLimits withRecipients(int perDay, int perMessage, int externalPerDay) {
        return new SandboxLimits(
                messagesPerMinute, overRate, connections, perDay, perMessage, messageSize, headerSize, externalPerDay);
    }

    /** Bytes of a message and of its header block. */
    public SandboxLimits withSizes(long message, int header) {
        return new SandboxLimits(
                messagesPerMinute,
                overRate,
                connections,
                recipientsPerDay,
                recipientsPerMessage,
                message,
                header,
                externalRecipientsPerDay);
    }
}
