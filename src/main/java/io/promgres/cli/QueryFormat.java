package io.promgres.cli;

import io.promgres.promql.engine.QueryResult;
import io.promgres.query.Json;
import io.promgres.query.ResultJson;
import io.promgres.query.ResultTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** How the result of a query is printed. */
enum QueryFormat {
    /** Columns for the eye. */
    TABLE {
        @Override
        void print(QueryResult result, long time, PrintWriter out) throws IOException {
            List<List<String>> rows = ResultTable.rows(result, time).stream()
                    .map(row -> row.stream().map(QueryFormat::inALine).toList())
                    .toList();
            int[] widths = new int[rows.get(0).size()];
            for (List<String> row : rows) {
                for (int i = 0; i < row.size(); i++) {
                    widths[i] = Math.max(widths[i], row.get(i).length());
                }
            }
            for (List<String> row : rows) {
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < row.size(); i++) {
                    line.append(row.get(i))
                            .append(" ".repeat(widths[i] - row.get(i).length() + 2));
                }
                out.println(line.toString().stripTrailing());
            }
        }
    },
    /** As RFC 4180 has it, but with the line ends of the machine. */
    CSV {
        @Override
        void print(QueryResult result, long time, PrintWriter out) throws IOException {
            for (List<String> row : ResultTable.rows(result, time)) {
                out.println(row.stream().map(QueryFormat::csv).collect(Collectors.joining(",")));
            }
        }
    },
    /** What stands at data in the answers of Prometheus' API. */
    JSON {
        @Override
        void print(QueryResult result, long time, PrintWriter out) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Json json = new Json(bytes);
            ResultJson.write(json, result, time, -1);
            json.flush();
            out.println(bytes.toString(StandardCharsets.UTF_8));
        }
    };

    /** @param time of an instant query, milliseconds since the epoch */
    abstract void print(QueryResult result, long time, PrintWriter out) throws IOException;

    /** With escapes in place of line ends and other control characters. */
    private static String inALine(String text) {
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

    private static String csv(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
