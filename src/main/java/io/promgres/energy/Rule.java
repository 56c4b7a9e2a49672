package io.promgres.energy;

import io.promgres.model.LabelSet;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Chooses series, and says how their samples become amounts.
 *
 * @param name of the rule, unique
 * @param metric the metrics' names, a pattern for the whole name
 * @param where labels that must match as a whole; an absent label is empty
 * @param measure of a {@link Kind#MEASURE}, else null
 * @param unit of the other amounts, else null
 * @param idleWhere labels that make an amount idle where they all match; without any, everything is busy
 * @param scopes where amounts count
 * @param bucket the length of a bucket
 * @param maxGap how long a {@link Kind#GAUGE} holds
 * @param factor what values are multiplied with first
 * @param cpuEnergy whether energy is computed from CPU seconds
 * @param namedOnly whether series count only that name a machine, project or user, or are at the host of a session
 * @param labels the labels that stand for dimensions, where they have other names
 */
record Rule(
        String name,
        Kind kind,
        Pattern metric,
        Map<String, Pattern> where,
        Measure measure,
        Unit unit,
        Map<String, Pattern> idleWhere,
        Set<Scope> scopes,
        Duration bucket,
        Duration maxGap,
        BigDecimal factor,
        CpuEnergy cpuEnergy,
        boolean namedOnly,
        Map<Dimension, String> labels) {

    boolean choosesMetric(String name) {
        return metric.matcher(name).matches();
    }

    /** Whether energy is computed from CPU seconds. */
    boolean powered() {
        return cpuEnergy != CpuEnergy.NONE;
    }

    /** Whether a series of a metric that is chosen is chosen. */
    boolean chooses(LabelSet series) {
        return matches(where, series);
    }

    /** Whether a series that is chosen counts. */
    boolean counts(Source source, Set<String> sessionHosts) {
        return !namedOnly || source.isNamed() || sessionHosts.contains(source.host());
    }

    Measure measureOf(LabelSet series) {
        return measure != null ? measure : unit.measure(!idleWhere.isEmpty() && matches(idleWhere, series));
    }

    /** The label that stands for a dimension. */
    String labelOf(Dimension dimension) {
        return labels.getOrDefault(dimension, dimension.toString());
    }

    /** The value of a dimension, null if the series has no such label. */
    String value(LabelSet series, Dimension dimension) {
        String value = series.value(labelOf(dimension));
        return value.isEmpty() ? null : value;
    }

    /** What values are multiplied with to be CPU seconds, joules or the measure itself. */
    BigDecimal totalFactor() {
        return unit == null ? factor : factor.multiply(unit.factor());
    }

    private static boolean matches(Map<String, Pattern> patterns, LabelSet series) {
        for (Map.Entry<String, Pattern> pattern : patterns.entrySet()) {
            if (!pattern.getValue().matcher(series.value(pattern.getKey())).matches()) {
                return false;
            }
        }
        return true;
    }
}
