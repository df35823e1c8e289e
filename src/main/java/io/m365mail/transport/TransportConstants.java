package io.m365mail.transport;

/** Names of the exchange properties that a transport's producer sets. */
public final class TransportConstants {
    /** The {@link io.m365mail.mail.Delivery} that was the body before. */
    public static final String DELIVERY = "M365Delivery";

    /**
     * An {@link java.time.Instant}: the limit had no room before MAIL. Nothing was sent, no attempt is to be counted, the
     * body is still the delivery.
     */
    public static final String NOT_NOW = "M365NotNow";

    private TransportConstants() {}
}
