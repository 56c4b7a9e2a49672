package io.promgres.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What was measured of the daemon or of a yardstick under a workload.
 *
 * @param name of what was measured
 * @param turns one for each round
 * @param ofRawRows median of the ratios to the turns of {@link RawRows}
 * @param ofRowsPerMetric median of the ratios to the turns of {@link RowsPerMetric}
 * @param once what was measured once, by its name
 */
record Result(
        String workload,
        String protocol,
        int series,
        String name,
        List<Turn> turns,
        double ofRawRows,
        double ofRowsPerMetric,
        Map<String, Double> once) {

    static Result of(Load load, String name, List<Turn> turns, List<Turn> rawRows, List<Turn> rowsPerMetric) {
        return new Result(
                load.workload().name().toLowerCase(Locale.ROOT),
                load.protocol().label(),
                load.series(),
                name,
                List.copyOf(turns),
                ratio(turns, rawRows),
                ratio(turns, rowsPerMetric),
                new LinkedHashMap<>());
    }

    boolean isOfTheSameLoad(Result other) {
        return workload.equals(other.workload) && protocol.equals(other.protocol) && series == other.series;
    }

    private static double ratio(List<Turn> turns, List<Turn> yardstick) {
        return Quantiles.median(IntStream.range(0, turns.size())
                .mapToDouble(i -> turns.get(i).rate() / yardstick.get(i).rate())
                .toArray());
    }
}
