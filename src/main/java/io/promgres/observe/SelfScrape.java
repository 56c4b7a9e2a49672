package io.promgres.observe;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBucket;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;

/** Reads the daemon's own metrics as a Prometheus that scrapes /metrics would store them. Thread-safe. */
public final class SelfScrape {

    /** Takes the samples of a scrape. */
    public interface Sink {

        /**
         * @param name of the metric, with _total, _bucket and the like
         * @param labels of the metric; without __name__, job and instance
         */
        void sample(String name, Labels labels, double value);
    }

    private final PrometheusRegistry registry;

    public SelfScrape(PrometheusRegistry registry) {
        this.registry = registry;
    }

    public void scrape(Sink sink) {
        for (MetricSnapshot snapshot : registry.scrape()) {
            String name = snapshot.getMetadata().getPrometheusName();
            for (DataPointSnapshot point : snapshot.getDataPoints()) {
                read(name, point, sink);
            }
        }
        sink.sample("up", Labels.EMPTY, 1);
    }

    private static void read(String name, DataPointSnapshot point, Sink sink) {
        Labels labels = point.getLabels();
        if (point instanceof CounterSnapshot.CounterDataPointSnapshot counter) {
            sink.sample(name + "_total", labels, counter.getValue());
        } else if (point instanceof GaugeSnapshot.GaugeDataPointSnapshot gauge) {
            sink.sample(name, labels, gauge.getValue());
        } else if (point instanceof InfoSnapshot.InfoDataPointSnapshot) {
            sink.sample(name + "_info", labels, 1);
        } else if (point instanceof HistogramSnapshot.HistogramDataPointSnapshot histogram) {
            readHistogram(name, histogram, sink);
        } else if (point instanceof SummarySnapshot.SummaryDataPointSnapshot summary) {
            readSummary(name, summary, sink);
        }
    }

    private static void readHistogram(String name, HistogramSnapshot.HistogramDataPointSnapshot point, Sink sink) {
        double cumulative = 0;
        for (ClassicHistogramBucket bucket : point.getClassicBuckets()) {
            cumulative += bucket.getCount();
            String bound = bucket.getUpperBound() == Double.POSITIVE_INFINITY
                    ? "+Inf"
                    : Double.toString(bucket.getUpperBound());
            sink.sample(name + "_bucket", point.getLabels().add("le", bound), cumulative);
        }
        sink.sample(name + "_count", point.getLabels(), point.getCount());
        sink.sample(name + "_sum", point.getLabels(), point.getSum());
    }

    private static void readSummary(String name, SummarySnapshot.SummaryDataPointSnapshot point, Sink sink) {
        for (Quantile quantile : point.getQuantiles()) {
            String rank = Double.toString(quantile.getQuantile());
            sink.sample(name, point.getLabels().add("quantile", rank), quantile.getValue());
        }
        if (point.hasCount()) {
            sink.sample(name + "_count", point.getLabels(), point.getCount());
        }
        if (point.hasSum()) {
            sink.sample(name + "_sum", point.getLabels(), point.getSum());
        }
    }
}
