package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.smtp.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several sessions that log in with the same credentials at the same time. */
@Timeout(60)
class AuthTurnsTest {
    private static final Reply REFUSED = Reply.of(535, "5.7.3 Authentication unsuccessful");
    private static final Reply WELCOME = Reply.of(235, "2.7.0 Authentication successful");

    private final ExecutorService sessions = Executors.newCachedThreadPool();
    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicInteger tries = new AtomicInteger();
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile Reply reply = REFUSED;

    private final AuthTurns turns = new AuthTurns(
            new Authenticator() {
                @Override
                public String mechanism() {
                    return "LOGIN";
                }

                @Override
                public Reply authenticate(Dialogue dialogue) {
                    tries.incrementAndGet();
                    try {
                        answered.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return reply;
                }
            },
            nanos::get);

    @AfterEach
    void stop() {
        sessions.shutdownNow();
    }

    private Reply login() throws Exception {
        return turns.authenticate(line -> {
            throw new AssertionError("said " + line);
        });
    }

    /** Ten sessions at once: one has its turn, nine wait. */
    private List<Reply> tenAtOnce() throws Exception {
        List<Future<Reply>> all = new ArrayList<>();
        var waiting = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            all.add(sessions.submit(() -> {
                waiting.countDown();
                return login();
            }));
        }
        waiting.await();
        await().untilAtomic(tries, org.hamcrest.Matchers.equalTo(1));
        answered.countDown();
        List<Reply> replies = new ArrayList<>();
        for (Future<Reply> f : all) {
            replies.add(f.get());
        }
        return replies;
    }

    @Test
    void oneRefusalIsEnoughForAllUntilASecondLater() throws Exception {
        assertThat(tenAtOnce()).containsOnly(REFUSED).hasSize(10);
        assertThat(tries).hasValue(1);
        nanos.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(login()).isEqualTo(REFUSED);
        assertThat(tries).hasValue(1);
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        reply = WELCOME;
        assertThat(login()).isEqualTo(WELCOME);
        assertThat(tries).hasValue(2);
    }

    @Test
    void aWelcomeIsForOneSessionOnly() throws Exception {
        reply = WELCOME;
        assertThat(tenAtOnce()).containsOnly(WELCOME).hasSize(10);
        assertThat(tries).hasValue(10);
    }

    /** What the server cannot say now is no refusal of the credentials. */
    @Test
    void aTemporaryReplyIsNotShared() throws Exception {
        reply = Reply.of(454, "4.7.0 Temporary authentication failure");
        assertThat(tenAtOnce()).hasSize(10);
        assertThat(tries).hasValue(10);
    }
}
