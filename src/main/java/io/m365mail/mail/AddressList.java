package io.m365mail.mail;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the addresses of a From, Sender, To, Cc, Bcc, Reply-To, X-Sender or X-Receiver field (RFC 5322 section 3.4 with
 * its obsolete forms). One pass, no backtracking: hostile input takes time linear in its length. It never throws. It
 * reads what devices write: semicolons between addresses, a name without angle brackets ({@code Joe joe@example.com}),
 * a missing comma, quote or bracket. Encoded words are decoded last, in the name only, so that none can smuggle in an
 * address. What it returns is as written; {@link Addresses#problem} says whether it can be used.
 */
public final class AddressList {
    private final String text;
    private final List<MailAddress> found = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final StringBuilder phrase = new StringBuilder();
    private String comment;
    private String angle;
    private int at;
    private boolean quotesOpen;
    private boolean commentsOpen;
    private boolean atSignSeen;

    private AddressList(String text) {
        this.text = text;
    }

    /**
     * The addresses in their order; the members of a group one by one.
     *
     * @param value of the field, unfolded
     */
    public static List<MailAddress> parse(String value) {
        return new AddressList(value).run();
    }

    private List<MailAddress> run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '"' -> quoted();
                case '(' -> comment();
                case '<' -> angle();
                case '[' -> literal();
                case ',', ';' -> finish();
                case ':' -> groupName();
                case '@', '.' -> token(c);
                default -> other(c);
            }
        }
        finish();
        return found;
    }

    private void token(char c) {
        atSignSeen |= c == '@';
        tokens.add(String.valueOf(c));
        phrase.append(c);
        at++;
    }

    private void other(char c) {
        if (c <= ' ' || c == ')' || c == '>' || c == ']') {
            phrase.append(' ');
            at++;
            return;
        }
        int from = at;
        while (at < text.length() && text.charAt(at) > ' ' && "\"(<[,;:@.)>]".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        tokens.add(text.substring(from, at));
        phrase.append(text, from, at);
    }

    private void quoted() {
        int end = quotesOpen ? -1 : closingQuote(at);
        if (end < 0) {
            // No quote closes it, so none of the later ones opens anything either.
            quotesOpen = true;
            phrase.append(' ');
            at++;
            return;
        }
        tokens.add(text.substring(at, end + 1));
        for (int i = at + 1; i < end; i++) {
            if (text.charAt(i) == '\\' && i + 1 < end) {
                i++;
            }
            phrase.append(text.charAt(i));
        }
        at = end + 1;
    }

    private int closingQuote(int from) {
        for (int i = from + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                return i;
            }
        }
        return -1;
    }

    private void comment() {
        int end = commentsOpen ? -1 : closingBracket(at);
        if (end < 0) {
            commentsOpen = true;
            at++;
            return;
        }
        comment = text.substring(at + 1, end);
        phrase.append(' ');
        at = end + 1;
    }

    private int closingBracket(int from) {
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private void angle() {
        if (angle != null) {
            finish();
        }
        int from = ++at;
        while (at < text.length() && "<>,;".indexOf(text.charAt(at)) < 0) {
            int quote = text.charAt(at) == '"' && !quotesOpen ? closingQuote(at) : at;
            quotesOpen |= quote < 0;
            at = Math.max(at, quote) + 1;
        }
        angle = AngleAddress.tidy(text.substring(from, Math.min(at, text.length())));
        // A source route (RFC 5322 section 4.4) has commas: <@a,@b:user@c>.
        if (angle.startsWith("@") && at < text.length() && text.charAt(at) == ',') {
            angle = null;
            at = from;
            sourceRoute();
        }
        at += at < text.length() && text.charAt(at) == '>' ? 1 : 0;
    }

    private void sourceRoute() {
        while (at < text.length() && "<>;:".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        int from = at;
        while (at < text.length() && "<>,;".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        angle = AngleAddress.tidy(text.substring(from, at));
    }

    private void literal() {
        int end = at + 1;
        while (end < text.length() && "[]<>,; ".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (end < text.length() && text.charAt(end) == ']') {
            tokens.add(text.substring(at, ++end));
            phrase.append(text, at, end);
            at = end;
        } else {
            at++;
        }
    }

    private void groupName() {
        if (angle == null && !atSignSeen) {
            clear();
        }
        at++;
    }

    private void finish() {
        if (angle != null) {
            found.add(new MailAddress(display(phrase.toString()), angle));
        } else if (atSignSeen) {
            bareAddresses();
        } else if (!phrase.toString().isBlank()) {
            found.add(new MailAddress(display(""), phrase.toString().strip()));
        }
        clear();
        at += at < text.length() && text.charAt(at) != '<' ? 1 : 0;
    }

    /** Addresses without brackets; words before the first one are its name. */
    private void bareAddresses() {
        int used = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (!tokens.get(i).equals("@")) {
                continue;
            }
            int from = i;
            while (from > used && joins(from - 1, from)) {
                from--;
            }
            int to = i + 1;
            while (to < tokens.size() && joins(to - 1, to)) {
                to++;
            }
            String name = String.join(" ", tokens.subList(used, from)).replace("\"", "");
            found.add(new MailAddress(display(name), String.join("", tokens.subList(from, to))));
            used = to;
            i = to - 1;
        }
    }

    /** Two tokens belong to one address where one of them is a dot or an at sign. */
    private boolean joins(int left, int right) {
        return isLink(tokens.get(left)) || isLink(tokens.get(right));
    }

    private static boolean isLink(String token) {
        return token.equals("@") || token.equals(".");
    }

    private String display(String name) {
        String chosen = name.isBlank() && comment != null ? comment : name;
        String words = chosen.strip();
        if (words.isEmpty()) {
            return null;
        }
        String decoded = DisplayText.decode(words.replaceAll(" {2,}", " "));
        return decoded.isEmpty() ? null : decoded;
    }

    private void clear() {
        tokens.clear();
        phrase.setLength(0);
        comment = null;
        angle = null;
        atSignSeen = false;
    }
}
