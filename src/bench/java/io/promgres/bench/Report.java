package io.promgres.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results as a table in Markdown, and with every turn as JSON. */
final class Report {

    private static final String HEAD = """
            | workload | remote write | series | what | samples/s | of rows, no index | of rows per metric \
            | p50 ms | p99 ms | p99 ms at half | daemon CPU s/M | database CPU s/M | generator CPU s/M \
            | WAL B/sample | disk B/sample | allocated B/sample | live heap MB | resident MB | new series/s | restart s |
            """ + "|---|---|---|---|" + "---:|".repeat(16) + "\n";
    private static final double MEGA = 1e6;
    private static final long SCRAPES_OF_A_DAY = 4 * 60 * 24;

    private final Map<String, Object> circumstances;
    private final List<Result> results = new ArrayList<>();

    /** @param circumstances of the run, by name */
    Report(Map<String, Object> circumstances) {
        this.circumstances = circumstances;
    }

    void add(List<Result> more) {
        results.addAll(more);
    }

    /** Writes results.md and results.json. */
    void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("results.md"), markdown());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(
                        directory.resolve("results.json").toFile(),
                        Map.of("circumstances", circumstances, "results", results));
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        circumstances.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\n"));
        text.append('\n').append(HEAD);
        results.forEach(result -> text.append(row(result)));
        results.stream()
                .filter(result -> result.once().containsKey("packedBytes"))
                .forEach(result -> text.append(packing(result)).append(dayOf(result)));
        return text.toString();
    }

    private static String row(Result result) {
        boolean daemon = !result.once().isEmpty();
        boolean stores = Turn.median(result.turns(), Turn::walBytes) > 0;
        List<String> cells = new ArrayList<>(List.of(
                result.workload(),
                result.protocol(),
                number(result.series(), 0),
                result.name(),
                number(Turn.median(result.turns(), Turn::rate) / 1e3, 0) + "k",
                number(result.ofRawRows(), 2),
                number(result.ofRowsPerMetric(), 1)));
        cells.add(when(daemon, Turn.median(result.turns(), Turn::p50), 1));
        cells.add(when(daemon, Turn.median(result.turns(), Turn::p99), 1));
        cells.add(once(result, "p99AtHalf", 1, 1));
        cells.add(number(Turn.median(result.turns(), turn -> turn.perMillion(turn.clientCpu())), 2));
        cells.add(when(daemon || stores, Turn.median(result.turns(), turn -> turn.perMillion(turn.databaseCpu())), 2));
        cells.add(when(daemon, Turn.median(result.turns(), turn -> turn.perMillion(turn.generatorCpu())), 2));
        cells.add(when(stores, Turn.median(result.turns(), turn -> (double) turn.walBytes() / turn.samples()), 1));
        cells.add(when(stores, Turn.median(result.turns(), turn -> (double) turn.diskBytes() / turn.samples()), 1));
        cells.add(when(
                daemon, Turn.median(result.turns(), turn -> (double) turn.allocatedBytes() / turn.samples()), 1));
        cells.add(once(result, "liveHeapBytes", MEGA, 0));
        cells.add(once(result, "residentBytes", MEGA, 0));
        cells.add(once(result, "newSeriesPerSecond", 1, 0));
        cells.add(once(result, "restartSeconds", 1, 1));
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String packing(Result result) {
        Map<String, Double> once = result.once();
        return String.format(
                Locale.ROOT,
                "%npacking of %s %s, %,d series: %,.0fk samples/s, %.2f s/M of CPU in the packer, %.2f in the database,"
                        + " %.1f B of WAL and %.1f B on disk per sample%n",
                result.workload(),
                result.protocol(),
                result.series(),
                once.get("packingSamplesPerSecond") / 1e3,
                once.get("packingCpuPerMillion"),
                once.get("packingDatabaseCpuPerMillion"),
                once.get("packingWalBytes"),
                once.get("packedBytes"));
    }

    /** What a day costs in CPU, packing included, beside what it costs to copy it as rows. */
    private String dayOf(Result result) {
        Result rows = results.stream()
                .filter(other -> other.name().equals(RowsPerMetric.NAME) && other.isOfTheSameLoad(result))
                .findFirst()
                .orElseThrow();
        double packing =
                result.once().get("packingCpuPerMillion") + result.once().get("packingDatabaseCpuPerMillion");
        double ours = Turn.median(result.turns(), Turn::storingCpuPerMillion) + packing;
        double ofRows = Turn.median(rows.turns(), Turn::storingCpuPerMillion);
        double millions = result.series() * SCRAPES_OF_A_DAY / MEGA;
        return String.format(
                Locale.ROOT,
                "%na day of %,d series every 15 s, daemon, packer and database: %.0f s of CPU (%.2f for a million samples);"
                        + " copied as rows into a table per metric: %.0f s (%.2f); ratio %.2f%n",
                result.series(),
                ours * millions,
                ours,
                ofRows * millions,
                ofRows,
                ours / ofRows);
    }

    private static String once(Result result, String name, double unit, int decimals) {
        Double figure = result.once().get(name);
        return figure == null ? "" : number(figure / unit, decimals);
    }

    private static String when(boolean known, double figure, int decimals) {
        return known ? number(figure, decimals) : "";
    }

    private static String number(double figure, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
    }
}
