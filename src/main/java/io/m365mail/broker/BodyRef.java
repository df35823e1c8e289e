package io.m365mail.broker;

/**
 * Where a large body lies in the broker.
 *
 * @param queue the queue whose only message it is
 * @param size in bytes
 */
public record BodyRef(String queue, long size) {
    String tokens() {
        return queue + ".tokens";
    }
}
