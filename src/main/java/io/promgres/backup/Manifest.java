package io.promgres.backup;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a backup holds. As text: a line for each thing, its kind first, then its fields, percent-encoded.
 *
 * @param promgres the version that wrote it
 * @param postgres the version of the server
 * @param taken when its snapshot was taken, as the server says it
 * @param schema versions and checksums of the migrations that have made the tables
 * @param tables in an order in which they can be filled
 * @param sequences the last value of each, by its quoted name
 */
record Manifest(
        String promgres,
        String postgres,
        String taken,
        String schema,
        List<StoredTable> tables,
        Map<String, Long> sequences) {

    static final String ENTRY = "manifest";
    private static final String FORMAT = "2";

    long rows() {
        return tables.stream().mapToLong(StoredTable::rows).sum();
    }

    /** Version and checksum of each migration that has made the tables. */
    Set<String> migrations() {
        return new TreeSet<>(List.of(schema.split(",")));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "promgres-backup", FORMAT);
        line(text, "promgres", promgres);
        line(text, "postgres", postgres);
        line(text, "taken", taken);
        line(text, "schema", schema);
        for (StoredTable table : tables) {
            line(text, "table", table.entry(), table.name(), table.columns(), Long.toString(table.rows()));
        }
        sequences.forEach((name, value) -> line(text, "sequence", name, value.toString()));
        return text.toString();
    }

    /** @throws BackupException it is none, or one of a later promgres */
    static Manifest parse(String text) throws BackupException {
        Map<String, String> single = new TreeMap<>();
        List<StoredTable> tables = new ArrayList<>();
        Map<String, Long> sequences = new TreeMap<>();
        for (String line : text.split("\n")) {
            String[] fields = line.split(" ");
            for (int i = 0; i < fields.length; i++) {
                fields[i] = URLDecoder.decode(fields[i], StandardCharsets.UTF_8);
            }
            switch (fields[0]) {
                case "table" -> tables.add(new StoredTable(fields[1], fields[2], fields[3], Long.parseLong(fields[4])));
                case "sequence" -> sequences.put(fields[1], Long.parseLong(fields[2]));
                default -> single.put(fields[0], fields[1]);
            }
        }
        if (!FORMAT.equals(single.get("promgres-backup"))) {
            throw new BackupException("the backup is of format " + single.get("promgres-backup")
                    + ", and this promgres reads format " + FORMAT + ": restore it with the promgres that wrote it, "
                    + single.get("promgres"));
        }
        return new Manifest(
                single.get("promgres"),
                single.get("postgres"),
                single.get("taken"),
                single.get("schema"),
                tables,
                sequences);
    }

    private static void line(StringBuilder text, String kind, String... fields) {
        text.append(kind);
        for (String field : fields) {
            text.append(' ').append(URLEncoder.encode(field, StandardCharsets.UTF_8));
        }
        text.append('\n');
    }
}
