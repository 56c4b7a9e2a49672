package io.promgres.backup;

/**
 * A table in a backup.
 *
 * @param entry of the archive with its rows
 * @param name quoted, with its schema
 * @param columns quoted, separated by commas
 * @param rows how many
 */
record StoredTable(String entry, String name, String columns, long rows) {

    StoredTable withRows(long number) {
        return new StoredTable(entry, name, columns, number);
    }

    String copyOut() {
        return "COPY (SELECT " + columns + " FROM " + name + ") TO STDOUT (FORMAT binary)";
    }

    String copyIn() {
        return "COPY " + name + " (" + columns + ") FROM STDIN (FORMAT binary)";
    }
}
