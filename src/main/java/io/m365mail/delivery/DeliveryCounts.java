package io.m365mail.delivery;

/** Who wants to know what became of recipients: the metrics. Called inside the delivery's transaction; must be quick. */
public interface DeliveryCounts {
    void delivered(String transport, String source, int recipients);

    void deferred(String transport, int recipients);

    void dead(String transport, int recipients);
}
