package io.m365mail.sandbox;

import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What shall happen next, step by step: {@code script().onNext(Stage.MAIL).reply("421 4.3.2 Service not active")}. A
 * rule strikes once, or as often as {@link Rule#times} says, at the first fitting command; rules of one stage strike in
 * the order in which they were added. Safe for threads.
 */
public final class Script {
    private final List<Rule> rules = new ArrayList<>();

    Script() {}

    /** A rule for the next time a session comes to {@code stage}; it holds once an ending method was called. */
    public Rule onNext(Stage stage) {
        Faults.requireStage(stage);
        return new Rule(stage);
    }

    /** Rules that have not struck as often as they should. */
    public synchronized int pending() {
        return rules.stream().mapToInt(r -> r.left).sum();
    }

    public synchronized void clear() {
        rules.clear();
    }

    private synchronized void add(Rule rule) {
        rules.add(rule);
    }

    /** The fault for this stage and mailbox (null before AUTH), or null. */
    synchronized Fault at(Stage stage, String mailbox) {
        for (Rule rule : rules) {
            if (rule.stage == stage && (rule.mailbox == null || rule.mailbox.equals(mailbox))) {
                if (--rule.left == 0) {
                    rules.remove(rule);
                }
                return rule.fault;
            }
        }
        return null;
    }

    /** One step of the script. The methods that give an effect end it. */
    public final class Rule {
        private final Stage stage;
        private int left = 1;
        private String mailbox;
        private Duration delay = Duration.ZERO;
        private Fault fault;

        private Rule(Stage stage) {
            this.stage = stage;
        }

        /** How often it strikes. */
        public Rule times(int n) {
            if (n < 1) {
                throw new IllegalArgumentException("a rule strikes at least once, not " + n + " times");
            }
            left = n;
            return this;
        }

        /** Only in sessions that are logged in as this mailbox, so not before AUTH is over. */
        public Rule forMailbox(String address) {
            if (stage.compareTo(Stage.AUTH) <= 0) {
                throw new IllegalArgumentException("nobody is logged in at " + stage + ": use forMailbox from MAIL on");
            }
            mailbox = address.toLowerCase(Locale.ROOT);
            return this;
        }

        /** First waits so long, in real time. */
        public Rule after(Duration time) {
            delay = time;
            return this;
        }

        /** Answers so, and does nothing. A {@code 421} closes the connection. */
        public void reply(String line) {
            end(new Fault(delay, Fault.refusal(line), Fault.Drop.NEVER));
        }

        /** Answers so, does nothing, and loses the connection. */
        public void replyAndDrop(String line) {
            end(new Fault(delay, Fault.refusal(line), Fault.Drop.AFTER_REPLY));
        }

        /** Does the work, answers properly, and then loses the connection. */
        public void dropAfterReply() {
            end(new Fault(delay, null, Fault.Drop.AFTER_REPLY));
        }

        /** Loses the connection; nothing is done. */
        public void drop() {
            end(new Fault(delay, null, Fault.Drop.BEFORE));
        }

        /** Does the work and loses the connection before the reply. */
        public void dropInsteadOfReply() {
            end(new Fault(delay, null, Fault.Drop.INSTEAD_OF_REPLY));
        }

        /** Does everything as usual, but late by the time given with {@link #after}. */
        public void proceed() {
            end(Fault.delay(delay));
        }

        private void end(Fault effect) {
            if (fault != null) {
                throw new IllegalStateException("this rule has its effect already; begin another with onNext");
            }
            fault = effect;
            add(this);
        }
    }
}
