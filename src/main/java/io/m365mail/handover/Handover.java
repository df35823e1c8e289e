package io.m365mail.handover;

import java.time.Instant;

/**
 * One transport's queue goes to another.
 *
 * @param byHand until it is resumed; else until the transport answers again
 */
public record Handover(String transport, String target, boolean byHand, Instant since) {}
