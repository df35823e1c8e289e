package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The connections of one transport log in one after the other. When the login is refused, those that wait for their turn,
 * and those that come within a second, get the same refusal without a try of their own: credentials that were revoked
 * while all connections were open anew cost one login (and, with OAuth, one more with a fresh token), not one for each
 * connection. Servers lock accounts and addresses for less. A login that hangs does not keep the others for longer than
 * half a minute.
 */
final class AuthTurns implements Authenticator {
    private static final int REFUSED = 500;
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_SECONDS = 30;

    private final Authenticator login;
    private final LongSupplier nanoTime;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Refusal last;

    private record Refusal(Reply reply, long at) {}

    AuthTurns(Authenticator login, LongSupplier nanoTime) {
        this.login = login;
        this.nanoTime = nanoTime;
    }

    @Override
    public String mechanism() {
        return login.mechanism();
    }

    @Override
    public Reply authenticate(Dialogue dialogue) throws IOException, SmtpFailure {
        long asked = nanoTime.getAsLong();
        boolean mine = await();
        try {
            Refusal before = last;
            if (before != null && before.at() + PAUSE - asked > 0) {
                return before.reply();
            }
            Reply reply = login.authenticate(dialogue);
            last = reply.code() >= REFUSED ? new Refusal(reply, nanoTime.getAsLong()) : null;
            return reply;
        } finally {
            if (mine) {
                turn.unlock();
            }
        }
    }

    private boolean await() {
        try {
            return turn.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            // Stopping: the session's own time-outs and the pool's close end it.
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String toString() {
        return login.toString();
    }
}
