package io.promgres.docs;

import io.promgres.docs.SqlObjects.Column;
import io.promgres.docs.SqlObjects.SqlObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The page src/docs/sql-api.md: the comments of a migrated database in Markdown. */
final class SqlApiPage {

    private static final String HEAD = """
            # The SQL interface

            Made from the comments in the database (`COMMENT ON` in `src/main/resources/db`); do not edit it. After a change:

                mvn -q -B -Dtest=SqlApiIT -Dpromgres.write=true test

            Functions, types and operators are given with their schemas. Where the search path of the database has `prom_api`
            (promgres sets it if it may), they can be written without. What begins with an underscore is not interface and
            not on this page.
            """;

    private final SqlObjects objects;
    private final StringBuilder page = new StringBuilder(HEAD);

    private SqlApiPage(SqlObjects objects) {
        this.objects = objects;
    }

    /** Renders the page of a database that promgres has migrated. */
    static String of(Connection connection) throws SQLException {
        SqlApiPage page = new SqlApiPage(new SqlObjects(connection));
        for (SqlObject schema : page.objects.schemas()) {
            page.schema(schema);
        }
        return page.page.toString();
    }

    private void schema(SqlObject schema) throws SQLException {
        page.append("\n## Schema ").append(code(schema.signature())).append('\n');
        paragraph(schema.comment());
        String name = schema.schema();
        for (SqlObject relation : objects.relations(name)) {
            entry(relation);
            columns(relation);
        }
        objects.types(name).forEach(this::entry);
        objects.routines(name).forEach(this::entry);
        objects.operators(name).forEach(this::entry);
        objects.casts(name).forEach(this::entry);
    }

    private void entry(SqlObject object) {
        String kind = object.kind();
        String text = object.result().isEmpty() ? object.signature() : object.signature() + " → " + object.result();
        page.append("\n### ")
                .append(Character.toUpperCase(kind.charAt(0)))
                .append(kind.substring(1))
                .append(' ')
                .append(code(text))
                .append('\n');
        paragraph(object.comment());
    }

    private void columns(SqlObject relation) throws SQLException {
        List<Column> columns = objects.columns(relation.signature());
        if (columns.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>(List.of("", "| column | type | |", "|---|---|---|"));
        for (Column column : columns) {
            lines.add("| " + cell(code(column.name())) + " | " + cell(column.type()) + " | "
                    + cell(text(column.comment())) + " |");
        }
        page.append(String.join("\n", lines)).append('\n');
    }

    private void paragraph(String comment) {
        page.append('\n').append(text(comment)).append('\n');
    }

    /** A page can be made while comments are still missing: the test says so. */
    private static String text(String comment) {
        return comment == null
                ? "(no comment)"
                : comment.strip().replace("<", "&lt;").replace("*", "\\*").replace("__", "\\_\\_");
    }

    private static String code(String text) {
        return text.contains("`") ? "`` " + text + " ``" : "`" + text + "`";
    }

    private static String cell(String text) {
        return text.replaceAll("\\s+", " ").replace("|", "\\|");
    }
}
