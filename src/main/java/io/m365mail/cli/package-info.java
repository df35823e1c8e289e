/**
 * The commands. {@code check} reads the configuration alone, {@code run} and {@code demo} hold a bundle in this process, all
 * others talk to the API of a running one. Exit codes: 0 fine, 1 something checked is not fine, 2 usage or configuration.
 */
package io.m365mail.cli;
