/** The demo: the whole product against the sandbox, in one process, told as a story. */
package io.m365mail.demo;
