/**
 * Finds the mail servers of the tenant's domain (RFC 5321 section 5.1) with dnsjava. It has no thread of its own and
 * nothing in it is shared in the JVM, so bundles start and stop beside each other.
 */
package io.m365mail.dns;
