/**
 * The ways out as Camel endpoints: {@code m365-smtp-auth:NAME}, {@code m365-direct-send:NAME}, {@code m365-relay:NAME} and
 * {@code m365-server:NAME}. A producer takes a
 * {@link io.m365mail.mail.Delivery} and answers with an {@link io.m365mail.smtp.Outcome}; what that means is decided by
 * the next step of the route.
 */
package io.m365mail.transport;
