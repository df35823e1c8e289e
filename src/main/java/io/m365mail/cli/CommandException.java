package io.m365mail.cli;

import io.m365mail.terminal.Text;

/** A command that cannot do what it was asked: a sentence for the user and the exit code. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandException(String message, int exitCode) {
        super(Text.clean(message));
        this.exitCode = exitCode;
    }

    static CommandException notFine(String message) {
        return new CommandException(message, Cli.NOT_FINE);
    }

    static CommandException usage(String message) {
        return new CommandException(message, Cli.USAGE);
    }

    int exitCode() {
        return exitCode;
    }
}
