package io.m365mail.mail;

import java.util.Arrays;

/** One field of a header, as a range of the header's bytes. Nothing is copied before it is asked for. */
public final class HeaderField {
    private final byte[] block;
    private final String name;
    private final int start;
    private final int valueStart;
    private final int end;

    HeaderField(byte[] block, String name, int start, int valueStart, int end) {
        this.block = block;
        this.name = name;
        this.start = start;
        this.valueStart = valueStart;
        this.end = end;
    }

    /** As it was written, without colon. */
    public String name() {
        return name;
    }

    /** Where its first byte stands in the message. */
    public int start() {
        return start;
    }

    /** Where the next field or the end of the header stands: its last line break is part of it. */
    public int end() {
        return end;
    }

    /** All its bytes, from the name to the last line break. */
    public byte[] bytes() {
        return Arrays.copyOfRange(block, start, end);
    }

    /** What stands after the colon up to the last line break (not included), byte for byte. */
    public byte[] rawBytes() {
        return Arrays.copyOfRange(block, valueStart, valueEnd());
    }

    /** {@link #rawBytes} as text: UTF-8, or Latin-1 where it is not valid UTF-8. Folding is still in it. */
    public String raw() {
        return DisplayText.ofBytes(block, valueStart, valueEnd() - valueStart);
    }

    /** The value on one line, without blanks at its ends; encoded words still encoded. */
    public String unfolded() {
        return DisplayText.unfold(raw());
    }

    /** The value for people: encoded words decoded, control characters gone. Never parse it. */
    public String decoded() {
        return DisplayText.decode(unfolded());
    }

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    private int valueEnd() {
        int to = end;
        if (to > valueStart && block[to - 1] == '\n') {
            to--;
            if (to > valueStart && block[to - 1] == '\r') {
                to--;
            }
        }
        return to;
    }

    @Override
    public String toString() {
        return name + ": " + decoded();
    }
}
