package io.promgres.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How the rows of a statement are printed. CSV and JSON are written row by row; a table is in memory as a whole. */
enum SqlFormat {
    /** Columns for the eye; NULL is empty. */
    TABLE {
        @Override
        void print(ResultSet rows, PrintWriter out) throws SQLException {
            List<List<String>> table = new ArrayList<>();
            table.add(names(rows.getMetaData()));
            while (rows.next()) {
                table.add(texts(rows));
            }
            TextTable.print(table, out);
            out.println(table.size() == 2 ? "(1 row)" : "(" + (table.size() - 1) + " rows)");
        }
    },
    /** As RFC 4180 has it, but with the line ends of the machine; NULL is empty. */
    CSV {
        @Override
        void print(ResultSet rows, PrintWriter out) throws SQLException {
            out.println(TextTable.csv(names(rows.getMetaData())));
            while (rows.next()) {
                out.println(TextTable.csv(texts(rows)));
            }
        }
    },
    /** An object in each line: numbers, booleans and JSON as such, everything else as PostgreSQL's text. */
    JSON {
        @Override
        void print(ResultSet rows, PrintWriter out) throws SQLException, IOException {
            ResultSetMetaData columns = rows.getMetaData();
            JsonFactory json = new JsonFactory();
            while (rows.next()) {
                try (JsonGenerator line = json.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
                    line.writeStartObject();
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        line.writeFieldName(columns.getColumnLabel(i));
                        writeValue(line, columns, i, rows.getString(i));
                    }
                    line.writeEndObject();
                }
                out.println();
            }
        }
    };

    private static final Set<Integer> NUMBERS =
            Set.of(Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.NUMERIC);

    /** Prints what is left of the rows. */
    abstract void print(ResultSet rows, PrintWriter out) throws SQLException, IOException;

    private static void writeValue(JsonGenerator line, ResultSetMetaData columns, int column, String text)
            throws SQLException, IOException {
        String type = columns.getColumnTypeName(column);
        if (text == null) {
            line.writeNull();
        } else if (type.equals("json") || type.equals("jsonb")) {
            line.writeRawValue(text);
        } else if (type.equals("bool")) {
            line.writeBoolean(text.equals("t"));
        } else if (NUMBERS.contains(columns.getColumnType(column)) && text.matches("-?[0-9.]+(?:[eE][-+]?[0-9]+)?")) {
            line.writeNumber(text);
        } else {
            line.writeString(text);
        }
    }

    private static List<String> names(ResultSetMetaData columns) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnLabel(i));
        }
        return names;
    }

    private static List<String> texts(ResultSet rows) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            String text = rows.getString(i);
            texts.add(text == null ? "" : text);
        }
        return texts;
    }
}
