package io.m365mail.verdict;

/**
 * The verdict on one reply and the row of the table it comes from, whose {@link Row#traits()}, {@link Row#pause()} and
 * {@link Row#giveUp()} say how to carry it out.
 */
public record Ruling(Row row, Verdict verdict) {

    /** The verdict where the reply came on a connection that had carried nothing before: there is no stale one to blame. */
    public Verdict onFreshConnection() {
        return row.has(Trait.REUSED_CONNECTION) ? Verdict.RETRY : verdict;
    }
}
