package io.m365mail.app;

import java.io.PrintWriter;

/** Placeholder that compiles only: the command line is written against it, the integrator replaces it. */
public final class Demo {
    public int run(PrintWriter out, boolean keep) throws Exception {
        throw new UnsupportedOperationException("the demo is not put together yet");
    }
}
