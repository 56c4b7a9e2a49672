package io.promgres.datamodel;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The result of a query as psql prints it, without the number of rows. */
final class PsqlTable {

    private static final Set<Integer> NUMBERS =
            Set.of(Types.INTEGER, Types.BIGINT, Types.SMALLINT, Types.DOUBLE, Types.NUMERIC);

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] isNumber;
    private final int[] widths;

    PsqlTable(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            ResultSetMetaData columns = result.getMetaData();
            isNumber = new boolean[columns.getColumnCount()];
            widths = new int[columns.getColumnCount()];
            String[] names = new String[columns.getColumnCount()];
            for (int i = 0; i < names.length; i++) {
                names[i] = columns.getColumnLabel(i + 1);
                isNumber[i] = NUMBERS.contains(columns.getColumnType(i + 1));
            }
            add(names);
            while (result.next()) {
                String[] row = new String[names.length];
                for (int i = 0; i < row.length; i++) {
                    String text = result.getString(i + 1);
                    row[i] = text == null ? "" : text;
                }
                add(row);
            }
        }
    }

    private void add(String... row) {
        rows.add(row);
        for (int i = 0; i < row.length; i++) {
            widths[i] = Math.max(widths[i], row[i].length());
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(i == 0 ? " " : " | ").append(padded(row, i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
            if (row == rows.get(0)) {
                text.append(rule()).append('\n');
            }
        }
        return text.toString();
    }

    private String padded(String[] row, int column) {
        int missing = widths[column] - row[column].length();
        int before = row == rows.get(0) ? missing / 2 : isNumber[column] ? missing : 0;
        return " ".repeat(before) + row[column] + " ".repeat(missing - before);
    }

    private String rule() {
        return String.join(
                "+",
                Arrays.stream(widths).mapToObj(width -> "-".repeat(width + 2)).toList());
    }
}
