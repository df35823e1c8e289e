package io.m365mail.handover;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.Queues;

/** Lets deliveries go that wait for something else than their turn: aside, or for their time in a queue that moves. */
final class AsideQueues {
    private final BrokerAdmin admin;

    AsideQueues(BrokerAdmin admin) {
        this.admin = admin;
    }

    /** The route that brings a queue's deliveries back runs while it may and there are any. */
    void empty(Switchboard routes, String route, String queue, boolean may) {
        Long waiting = admin.count(queue);
        if (may && waiting != null && waiting > 0) {
            routes.start(route);
        } else {
            routes.stop(route);
        }
    }

    /** What waits for its time in a transport's queue need not any more. */
    void hasten(String transport) {
        BrokerAdmin.Depth depth = admin.depth(Queues.TRANSPORT_PREFIX + transport);
        if (depth != null && depth.scheduled() > 0) {
            admin.deliverScheduled(Queues.TRANSPORT_PREFIX + transport);
        }
    }
}
