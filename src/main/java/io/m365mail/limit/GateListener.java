package io.m365mail.limit;

/** Told once for each change of a gate's mode, after the fact and outside all locks. It must not block. */
@FunctionalInterface
public interface GateListener {
    GateListener NONE = (transport, state) -> {};

    void changed(String transport, Gate.State state);
}
