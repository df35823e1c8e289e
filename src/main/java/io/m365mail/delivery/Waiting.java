package io.m365mail.delivery;

import io.m365mail.mail.Delivery;

/**
 * A delivery that waits in a queue which nobody reads until something has changed, so that it is not received over and
 * over meanwhile.
 *
 * @param queue its name
 */
public record Waiting(Delivery delivery, String queue) {
    static Object unwrapped(Object next) {
        return next instanceof Waiting w ? w.delivery() : next;
    }
}
