package io.m365mail.cli;

import io.m365mail.terminal.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.LongConsumer;

/** Does the same to several dead letters: one that fails is told and does not keep the others from their turn. */
final class DeadIds {
    private DeadIds() {}

    /** One call of the API; yields how many letters it concerned. */
    @FunctionalInterface
    interface Call {
        long on(String id) throws CommandException;
    }

    static int each(List<String> ids, Call call, LongConsumer total, PrintWriter err) {
        long done = 0;
        int code = Cli.FINE;
        for (String id : ids) {
            try {
                done += call.on(id);
            } catch (CommandException e) {
                err.println("m365-mail: " + Text.clean(id) + ": " + e.getMessage());
                code = e.exitCode();
            }
        }
        total.accept(done);
        return code;
    }
}
