package io.m365mail.app;

import io.m365mail.config.BundleConfig;

/** Placeholder that compiles only: the command line is written against it, the integrator replaces it. */
public final class Bundle {
    public Bundle(BundleConfig config) {}

    public void start() throws Exception {
        throw new UnsupportedOperationException("the bundle is not put together yet");
    }

    public void stop() throws Exception {}
}
