package io.m365mail.sandbox;

import io.m365mail.smtp.Stage;
import java.util.List;

/**
 * Where a session asks whether something shall go wrong now: the script first, then the recipients' addresses, then
 * chance.
 */
final class Faults {
    private final Script script = new Script();
    private final AddressFaults addresses = new AddressFaults();
    private volatile RandomFaults random = new RandomFaults(0);

    Script script() {
        return script;
    }

    void random(RandomFaults faults) {
        random = faults;
    }

    /** The fault at this point, {@link Fault#NONE} for none. */
    Fault at(Stage stage, String mailbox, List<String> recipients) {
        Fault fault = script.at(stage, mailbox);
        for (int i = 0; fault == null && i < recipients.size(); i++) {
            fault = addresses.at(stage, recipients.get(i));
        }
        if (fault == null) {
            fault = random.at(stage);
        }
        return fault == null ? Fault.NONE : fault;
    }

    void clear() {
        script.clear();
        addresses.clear();
    }

    static void requireStage(Stage stage) {
        if (stage == Stage.TLS) {
            throw new IllegalArgumentException(
                    "the sandbox has no faults at TLS: the handshake is the server's; use EHLO or AUTH");
        }
    }
}
