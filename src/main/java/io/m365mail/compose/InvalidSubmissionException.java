package io.m365mail.compose;

import java.util.List;
import java.util.stream.Collectors;

/** A submission that no message can be made of, with all its mistakes (the first of them, where there are very many). */
public final class InvalidSubmissionException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 20;

    private final transient List<Mistake> mistakes;

    public InvalidSubmissionException(List<Mistake> mistakes) {
        super(text(mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    public InvalidSubmissionException(String path, String text) {
        this(List.of(new Mistake(path, text)));
    }

    public List<Mistake> mistakes() {
        return mistakes;
    }

    private static String text(List<Mistake> mistakes) {
        String first = mistakes.stream().limit(SHOWN).map(Mistake::toString).collect(Collectors.joining("; "));
        return mistakes.size() <= SHOWN ? first : first + "; and " + (mistakes.size() - SHOWN) + " more";
    }
}
