package io.promgres.query;

import io.promgres.model.LabelSet;
import io.promgres.remoteread.MetricView;
import io.promgres.remoteread.SampleReader;
import io.promgres.remoteread.SelectedSeries;
import io.promgres.remoteread.SeriesSink;
import io.promgres.tiers.SampleArrays;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the samples of series from views that users have registered as metrics. */
final class ViewSamples {

    private static final int FIRST_SAMPLES = 64;

    private final Connection connection;

    ViewSamples(Connection connection) {
        this.connection = connection;
    }

    void read(List<SelectedSeries> series, long from, long to, QueryDatabase.SelectedSink sink) throws SQLException {
        Map<Optional<MetricView>, List<SelectedSeries>> byView = series.stream()
                .collect(Collectors.groupingBy(SelectedSeries::view, LinkedHashMap::new, Collectors.toList()));
        for (List<SelectedSeries> ofView : byView.values()) {
            try {
                new SampleReader(connection).read(ofView, from, to, new Collected(ofView, sink));
            } catch (SQLException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("nothing else is thrown", e);
            }
        }
    }

    /** The samples of one series at a time. */
    private static final class Collected implements SeriesSink {

        private final Map<LabelSet, SelectedSeries> series;
        private final QueryDatabase.SelectedSink sink;
        private SelectedSeries current;
        private SampleArrays samples;

        Collected(List<SelectedSeries> series, QueryDatabase.SelectedSink sink) {
            this.series = series.stream().collect(Collectors.toMap(SelectedSeries::labels, one -> one, (a, b) -> a));
            this.sink = sink;
        }

        @Override
        public void beginSeries(LabelSet labels) {
            current = series.get(labels);
            samples = new SampleArrays(FIRST_SAMPLES);
        }

        @Override
        public void sample(long time, long bits) {
            samples.add(time, Double.longBitsToDouble(bits));
        }

        @Override
        public void histogram(long time, byte[] body) {
            throw new IllegalStateException("a view has samples");
        }

        @Override
        public void endSeries() throws SQLException {
            sink.take(current, samples, List.of());
        }
    }
}
