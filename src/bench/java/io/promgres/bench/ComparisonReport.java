package io.promgres.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What settings make of speed and CPU: a table of all pairs of turns for each load, and the middle and the spread of the ratios. */
final class ComparisonReport {

    private static final String HEAD = """
            | pair | samples/s | with | ratio | daemon CPU s/M | with | database CPU s/M | with | CPU, ratio |
            """ + "|---:|" + "---:|".repeat(8) + "\n";

    private final Map<String, Object> circumstances;
    private final List<ComparedTurns> compared = new ArrayList<>();

    /** @param circumstances of the run, by name */
    ComparisonReport(Map<String, Object> circumstances) {
        this.circumstances = circumstances;
    }

    void add(ComparedTurns turns) {
        compared.add(turns);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        circumstances.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\n"));
        compared.forEach(turns -> text.append(section(turns)));
        return text.toString();
    }

    private static String section(ComparedTurns turns) {
        Load load = turns.load();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%nworkload %s, remote write %s, %,d series%n%n%s",
                load.workload().name().toLowerCase(Locale.ROOT),
                load.protocol().label(),
                load.series(),
                HEAD));
        for (int pair = 0; pair < turns.pairs(); pair++) {
            text.append(row(pair, turns.as(pair), turns.with(pair)));
        }
        return text.append(spread("samples/s", turns, Turn::rate))
                .append(spread("CPU seconds per million samples", turns, Turn::storingCpuPerMillion))
                .toString();
    }

    private static String row(int pair, Turn as, Turn with) {
        return String.format(
                Locale.ROOT,
                "| %d | %,.0fk | %,.0fk | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |%n",
                pair + 1,
                as.rate() / 1e3,
                with.rate() / 1e3,
                with.rate() / as.rate(),
                as.perMillion(as.clientCpu()),
                with.perMillion(with.clientCpu()),
                as.perMillion(as.databaseCpu()),
                with.perMillion(with.databaseCpu()),
                with.storingCpuPerMillion() / as.storingCpuPerMillion());
    }

    private static String spread(String what, ComparedTurns turns, ToDoubleFunction<Turn> figure) {
        double[] ratios = turns.ratios(figure);
        return String.format(
                Locale.ROOT,
                "%n%s, with : without: median %.3f, half of the pairs from %.3f to %.3f, all from %.3f to %.3f%n",
                what,
                Quantiles.median(ratios),
                Quantiles.of(ratios, 0.25),
                Quantiles.of(ratios, 0.75),
                Quantiles.of(ratios, 0),
                Quantiles.of(ratios, 1));
    }
}
