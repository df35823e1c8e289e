package io.m365mail.smtp.client;

import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.util.List;

/**
 * A session that came to its end before a transaction: the stage, and the server's reply or our own words for what
 * broke. It becomes an outcome and does not leave {@link SmtpTransport}. Holds no secret.
 */
public final class SmtpFailure extends Exception {
    private final Stage stage;
    private final Reply reply;
    private final boolean fromServer;

    public SmtpFailure(Stage stage, Reply reply, boolean fromServer) {
        super(stage + ": " + reply, null, false, false);
        this.stage = stage;
        this.reply = reply;
        this.fromServer = fromServer;
    }

    static SmtpFailure stopping(String server) {
        return new SmtpFailure(Stage.CONNECT, OwnReplies.stopping(server), false);
    }

    public Stage stage() {
        return stage;
    }

    public Reply reply() {
        return reply;
    }

    public boolean fromServer() {
        return fromServer;
    }

    Outcome outcome(List<Recipient> recipients, String server) {
        return Outcome.all(recipients, stage, reply, fromServer, server);
    }
}
