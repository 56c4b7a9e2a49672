package io.promgres.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of text as people and spreadsheets read them. */
final class TextTable {

    private TextTable() {}

    /**
     * Prints columns that stand below each other, two blanks apart. A line break in a text is shown as {@code \n}, so that a row
     * stays a line.
     *
     * @param rows all of one length, at least one
     */
    static void print(List<List<String>> rows, PrintWriter out) {
        List<List<String>> lines = rows.stream()
                .map(row -> row.stream().map(TextTable::inOneLine).toList())
                .toList();
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
    }

    /** With escapes in place of line ends and other control characters. */
    private static String inOneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        line.append(String.format("\\u%04x", c));
                    } else {
                        line.appendCodePoint(c);
                    }
                }
            }
        });
        return line.toString();
    }

    /** A row as RFC 4180 has it, without the line's end. */
    static String csv(List<String> row) {
        return row.stream().map(TextTable::csv).collect(Collectors.joining(","));
    }

    private static String csv(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
