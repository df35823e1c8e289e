package io.m365mail.smtp.client;

import java.time.Instant;

/** Counts what an account would note. */
final class CountingHook implements SendHook {
    int reserved;
    int recipients;
    int answered;

    @Override
    public Instant beforeMail(int count) {
        reserved++;
        recipients += count;
        return null;
    }

    @Override
    public void answered() {
        answered++;
    }
}
