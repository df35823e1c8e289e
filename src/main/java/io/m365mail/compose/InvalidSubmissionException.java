package io.m365mail.compose;

import java.util.List;
import java.util.stream.Collectors;

/** A submission that no message can be made of, with all its mistakes (the first of them, where there are very many). */
public final class InvalidSubmissionException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 20;

    private final transient List<Mistake> mistakes;
    private final String submissionId;

    public InvalidSubmissionException(List<Mistake> mistakes) {
        this(mistakes, null);
    }

    private InvalidSubmissionException(List<Mistake> mistakes, String submissionId) {
        super(text(mistakes));
        this.mistakes = List.copyOf(mistakes);
        this.submissionId = submissionId;
    }

    public InvalidSubmissionException(String path, String text) {
        this(List.of(new Mistake(path, text)));
    }

    /** The same, of a submission whose own id could be read. */
    InvalidSubmissionException of(String id) {
        return new InvalidSubmissionException(mistakes, id);
    }

    public List<Mistake> mistakes() {
        return mistakes;
    }

    /** The submission's own id, or null where it has none or it could not be read. */
    public String submissionId() {
        return submissionId;
    }

    private static String text(List<Mistake> mistakes) {
        String first = mistakes.stream().limit(SHOWN).map(Mistake::toString).collect(Collectors.joining("; "));
        return mistakes.size() <= SHOWN ? first : first + "; and " + (mistakes.size() - SHOWN) + " more";
    }
}
