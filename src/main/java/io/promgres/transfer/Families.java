package io.promgres.transfer;

import io.promgres.model.MetricMetadata;
import io.promgres.model.MetricMetadata.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which family of OpenMetrics a metric belongs to. Senders describe families or single series (remote write 2.0), counters
 * with or without their suffix; a metric whose name does not fit the type that was sent is of unknown type.
 */
final class Families {

    /** The suffixes that the samples of a type may have; one without a suffix is told by an empty one. */
    private static final Map<Type, List<String>> SUFFIXES = Map.of(
            Type.COUNTER, List.of("_total", "_created"),
            Type.HISTOGRAM, List.of("_bucket", "_count", "_sum", "_created"),
            Type.GAUGEHISTOGRAM, List.of("_bucket", "_gcount", "_gsum"),
            Type.SUMMARY, List.of("_count", "_sum", "_created", ""),
            Type.INFO, List.of("_info"),
            Type.GAUGE, List.of(""),
            Type.STATESET, List.of(""));

    private static final List<String> ALL_SUFFIXES =
            List.of("_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info");

    private final Map<String, MetricMetadata> described;
    private final Map<String, MetricMetadata> found = new HashMap<>();

    /** @param described by name, as it was sent */
    Families(Map<String, MetricMetadata> described) {
        this.described = described;
    }

    /** The family of a metric, with its name in OpenMetrics; of unknown type if nothing fits. */
    MetricMetadata of(String metric) {
        return found.computeIfAbsent(metric, this::find);
    }

    /** The family of a metric's native histograms. */
    MetricMetadata ofHistogram(String metric) {
        MetricMetadata sent = described.getOrDefault(metric, new MetricMetadata(metric, Type.HISTOGRAM, "", ""));
        Type type = sent.type() == Type.GAUGEHISTOGRAM ? Type.GAUGEHISTOGRAM : Type.HISTOGRAM;
        return new MetricMetadata(metric, type, unit(metric, sent.unit()), sent.help());
    }

    private MetricMetadata find(String metric) {
        MetricMetadata own = described.get(metric);
        if (own != null) {
            return fitting(metric, own);
        }
        for (String suffix : ALL_SUFFIXES) {
            String base = without(suffix, metric);
            MetricMetadata family = base == null ? null : described.get(base);
            if (family != null
                    && SUFFIXES.getOrDefault(family.type(), List.of()).contains(suffix)) {
                return fitting(metric, family);
            }
        }
        return new MetricMetadata(metric, Type.UNKNOWN, "", "");
    }

    private static MetricMetadata fitting(String metric, MetricMetadata sent) {
        for (String suffix : SUFFIXES.getOrDefault(sent.type(), List.of())) {
            String family = without(suffix, metric);
            if (family != null) {
                return new MetricMetadata(family, sent.type(), unit(family, sent.unit()), sent.help());
            }
        }
        return new MetricMetadata(metric, Type.UNKNOWN, unit(metric, sent.unit()), sent.help());
    }

    /** OpenMetrics has units only where the name ends with them. */
    private static String unit(String family, String unit) {
        return family.endsWith("_" + unit) ? unit : "";
    }

    private static String without(String suffix, String metric) {
        boolean ends = metric.endsWith(suffix) && metric.length() > suffix.length();
        return ends ? metric.substring(0, metric.length() - suffix.length()) : null;
    }
}
