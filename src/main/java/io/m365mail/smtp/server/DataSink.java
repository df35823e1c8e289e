package io.m365mail.smtp.server;

import io.m365mail.mail.InFlightBudget;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the octets of one message: in one array up to {@link MailContent#LARGE}, above that, or where the budget for
 * the heap is used up, in a spool file, block by block. The size the client declared is a hint that saves copies, never
 * a promise: memory grows with what has come. What cannot be kept (too large, disk full) is counted but dropped, and
 * {@link #problem()} says why.
 *
 * <p>{@link #append} and {@link #full} belong to the event loop. While a {@link #flush} is open nothing may be appended:
 * the connection does not read then, which is the back-pressure on the client.
 */
final class DataSink {
    private static final Logger LOG = LoggerFactory.getLogger(DataSink.class);
    static final int FIRST = 8 * 1024;
    private static final int HINT = 128 * 1024;
    private static final int BLOCK = 256 * 1024;

    private final long declared;
    private final long most;
    private final InFlightBudget budget;
    private final Spool spool;
    private byte[] buffer;
    private int count;
    private long total;
    private long reserved;
    private boolean pressed;
    private boolean spooling;
    private boolean discarding;
    private Reply problem;
    private Spool.File file;
    private boolean closed;

    private DataSink(long declared, long most, InFlightBudget budget, Spool spool) {
        this.declared = declared;
        this.most = most;
        this.budget = budget;
        this.spool = spool;
    }

    /** A sink, or null when the budget has no room for another message. */
    static DataSink tryOpen(long declared, long most, InFlightBudget budget, Spool spool) {
        var sink = new DataSink(declared, most, budget, spool);
        int first = (int) Math.max(FIRST, Math.min(HINT, declared + 1024));
        if (!budget.tryAcquire(first)) {
            return null;
        }
        sink.reserved = first;
        sink.buffer = new byte[first];
        return sink;
    }

    void append(ByteBuf in, int index, int length) {
        if (makeRoom(length)) {
            in.getBytes(index, buffer, count, length);
            count += length;
        }
    }

    void append(byte[] octets) {
        if (makeRoom(octets.length)) {
            System.arraycopy(octets, 0, buffer, count, octets.length);
            count += octets.length;
        }
    }

    /** Counts octets; false when they are not kept. */
    private boolean makeRoom(int length) {
        total += length;
        if (total > most && problem == null) {
            problem = Reply.of(552, "5.3.4 Message size exceeds fixed maximum message size of " + most + " octets");
            discard();
        }
        if (discarding || length == 0) {
            return false;
        }
        if (count + length > buffer.length) {
            grow(count + length);
        }
        return true;
    }

    /** Keeps nothing from here on: the message will be refused. */
    void discard() {
        discarding = true;
        count = 0;
        resize(0);
    }

    /** True when {@link #flush} must run before anything is appended. */
    boolean full() {
        return !discarding && (spooling ? count >= BLOCK : pressed || count > MailContent.LARGE);
    }

    long total() {
        return total;
    }

    /** Why the message cannot be taken, or null. */
    Reply problem() {
        return problem;
    }

    /** Writes what is in memory to the file; never fails, see {@link #problem()}. */
    CompletionStage<Void> flush() {
        spooling = true;
        try {
            return CompletableFuture.runAsync(this::write, spool.writers());
        } catch (RejectedExecutionException stopping) {
            problem = Reply.of(451, "4.3.2 Service shutting down");
            discard();
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Makes {@link #content()} complete. */
    CompletionStage<Void> finish() {
        return spooling && problem == null ? flush() : CompletableFuture.completedFuture(null);
    }

    MailContent content() {
        if (spooling) {
            resize(0);
            return file;
        }
        return MailContent.of(buffer, 0, count);
    }

    /** Gives back memory and file; the content must not be used any more. Safe to call twice and from any thread. */
    void close() {
        if (spooling) {
            try {
                spool.writers().execute(this::release);
                return;
            } catch (RejectedExecutionException stopped) {
                LOG.trace("Spool threads have ended; closing here", stopped);
            }
        }
        release();
    }

    private synchronized void write() {
        if (closed) {
            return;
        }
        try {
            file = file == null ? spool.create() : file;
            file.append(buffer, count);
            count = 0;
            if (buffer.length > 2 * BLOCK) {
                resize(BLOCK + BLOCK / 2);
            }
        } catch (IOException e) {
            LOG.warn("A message of {} octets could not be spooled; the client is told to try again", total, e);
            problem = Reply.of(452, "4.3.1 Insufficient system storage, try again later");
            discard();
        }
    }

    private synchronized void release() {
        closed = true;
        discard();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            LOG.warn("A spool file could not be closed", e);
        }
    }

    /** Doubles, but goes straight to the declared size once a quarter of it has really come. */
    private void grow(int needed) {
        long size = Math.max(needed, buffer.length * 2L);
        if (declared <= MailContent.LARGE && declared / 4 < count) {
            size = Math.max(needed, declared + 1024);
        }
        long extra = size - buffer.length;
        if (budget.tryAcquire(extra)) {
            reserved += extra;
        } else {
            // One more read of the socket fits in any case; then what is here goes to the disk.
            pressed = true;
            size = needed;
        }
        buffer = Arrays.copyOf(buffer, (int) size);
    }

    private void resize(int size) {
        long change = reserved - Math.min(reserved, size);
        budget.release(change);
        reserved -= change;
        buffer = new byte[size];
    }
}
