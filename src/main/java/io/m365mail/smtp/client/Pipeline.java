package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Commands and the replies still due. Each command is issued with what is to be done with its reply; where the server
 * offers PIPELINING (RFC 2920) commands go out together, else one by one: the caller does not see which. Never more than
 * {@link #MAX_OPEN} commands or {@link #MAX_OPEN_BYTES} are unanswered, so that the peer cannot block on replies that we
 * do not read while we block on commands that it does not read. A 421 ends it: what is still due does not come.
 */
final class Pipeline {
    static final int MAX_OPEN = 50;
    static final int MAX_OPEN_BYTES = 8 * 1024;

    private final SmtpWire wire;
    private final SmtpTimeouts timeouts;
    private final boolean pipelining;
    private final Deque<Expected> open = new ArrayDeque<>();
    private int openBytes;
    private Stage stage = Stage.MAIL;
    private Reply closing;

    private record Expected(Stage stage, Consumer<Reply> then) {}

    Pipeline(SmtpWire wire, SmtpTimeouts timeouts, boolean pipelining) {
        this.wire = wire;
        this.timeouts = timeouts;
        this.pipelining = pipelining;
    }

    /** Where the conversation is: the stage of the oldest reply that is due, else of the last that came. */
    Stage stage() {
        return stage;
    }

    /** The 421 that ended it, or null. */
    Reply closing() {
        return closing;
    }

    boolean allAnswered() {
        return open.isEmpty();
    }

    /** Writes a command; its reply is read now, or with others where the server lets us. */
    void issue(Stage at, String command, Consumer<Reply> then) throws ConnectionLost {
        open.add(new Expected(at, then));
        stage = open.peek().stage();
        wire.line(command);
        openBytes += command.length();
        if (!pipelining || open.size() >= MAX_OPEN || openBytes >= MAX_OPEN_BYTES) {
            drain();
        }
    }

    /** Sends what is buffered and reads all replies that are due. */
    void drain() throws ConnectionLost {
        openBytes = 0;
        wire.flush();
        while (!open.isEmpty()) {
            stage = open.peek().stage();
            Reply reply = wire.reply(stage == Stage.DATA ? timeouts.data() : timeouts.command());
            Expected answered = open.remove();
            if (reply.code() == 421) {
                closing = reply;
                open.clear();
                return;
            }
            answered.then().accept(reply);
        }
    }
}
