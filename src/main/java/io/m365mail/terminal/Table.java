package io.m365mail.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns as wide as their longest cell, two blanks apart; figures stand to the right. No colours, no frames. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... head) {
        rows.add(List.of(head));
    }

    /** @param cells as many as the head has; null is shown as a hyphen */
    public Table row(Object... cells) {
        rows.add(Arrays.stream(cells)
                .map(c -> c == null || c.toString().isEmpty() ? "-" : Text.clean(c.toString()))
                .toList());
        return this;
    }

    public void print(PrintWriter out) {
        int columns = rows.get(0).size();
        int[] width = new int[columns];
        boolean[] figures = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            width[c] = rows.stream().mapToInt(r -> length(r.get(column))).max().orElse(0);
            figures[c] = rows.size() > 1
                    && rows.stream().skip(1).allMatch(r -> r.get(column).matches("[0-9,]+(/[0-9,]+)?|-"));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(width[c] - length(row.get(c)));
                line.append(c == 0 ? "" : "  ").append(figures[c] ? pad + row.get(c) : row.get(c) + pad);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static int length(String s) {
        return s.codePointCount(0, s.length());
    }
}
