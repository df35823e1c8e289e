/**
 * The sandbox: an Exchange Online stand-in for the demo, the tests and dry runs. {@link io.m365mail.sandbox.Sandbox} is
 * the way in. Behaviour and texts follow Microsoft's pages and observed transcripts; nothing here is needed to send
 * mail for real.
 */
package io.m365mail.sandbox;
