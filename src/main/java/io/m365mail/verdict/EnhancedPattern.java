package io.m365mail.verdict;

import java.util.List;

/** Which enhanced status codes (RFC 3463) a row is for: a list of codes and ranges within one subject; empty for any. */
record EnhancedPattern(List<Range> ranges) {

    /** {@code 4.7.500} to {@code 4.7.699} is {@code ("4.7.", 500, 699)}. */
    record Range(String subject, int low, int high) {
        static Range parse(String text) {
            String[] ends = text.split("-", 2);
            String from = code(ends[0]);
            String to = code(ends[ends.length - 1]);
            String subject = from.substring(0, from.lastIndexOf('.') + 1);
            int low = detail(from);
            int high = detail(to);
            if (!to.startsWith(subject) || high < low) {
                throw new IllegalArgumentException("enhanced \"" + text + "\" is not a range within one subject");
            }
            return new Range(subject, low, high);
        }

        private static String code(String text) {
            if (!text.matches("[245]\\.\\d{1,3}\\.\\d{1,3}")) {
                throw new IllegalArgumentException("enhanced \"" + text + "\" is not a code such as 5.7.1");
            }
            return text;
        }

        boolean contains(String enhanced) {
            if (!enhanced.startsWith(subject)) {
                return false;
            }
            int detail = detail(enhanced);
            return detail >= low && detail <= high;
        }

        @Override
        public String toString() {
            return subject + low + (low == high ? "" : "-" + subject + high);
        }
    }

    static EnhancedPattern parse(List<String> texts) {
        return new EnhancedPattern(texts.stream().map(Range::parse).toList());
    }

    /** The last number of a code; -1 where it is not one, so that a made-up code is in no range. */
    private static int detail(String enhanced) {
        int value = 0;
        int start = enhanced.lastIndexOf('.') + 1;
        for (int i = start; i < enhanced.length(); i++) {
            int digit = enhanced.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i - start > 3) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return start == enhanced.length() ? -1 : value;
    }

    boolean matches(String enhanced) {
        if (ranges.isEmpty()) {
            return true;
        }
        if (enhanced == null) {
            return false;
        }
        for (Range range : ranges) {
            if (range.contains(enhanced)) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** 0 for exact codes, 1 where there is a range, 2 for any. */
    int rank() {
        return ranges.isEmpty() ? 2 : ranges.stream().anyMatch(r -> r.low != r.high) ? 1 : 0;
    }

    String text() {
        return String.join(", ", ranges.stream().map(Range::toString).toList());
    }
}
