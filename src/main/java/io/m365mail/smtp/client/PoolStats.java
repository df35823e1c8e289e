package io.m365mail.smtp.client;

/**
 * A pool's figures.
 *
 * @param open sockets now, connections in the making included
 * @param idle of these
 * @param connects sessions opened so far
 * @param reuses times that an open connection was lent again
 * @param messages tried so far
 */
public record PoolStats(int open, int idle, long connects, long reuses, long messages) {}
