package io.promgres.query;

import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import io.promgres.tiers.SampleArrays;
import io.promgres.tiers.StartTimes;
import io.promgres.tiers.StoredHistogram;
import io.promgres.tiers.StoredSeries;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The samples of the database, of one state of it, for one query. */
final class StoredSampleSource implements SampleSource {

    private final QueryDatabase.Snapshot snapshot;
    private final ReadScope scope;
    private final long mostSamples;
    private long samplesRead;

    /** @param mostSamples of a query */
    StoredSampleSource(QueryDatabase.Snapshot snapshot, ReadScope scope, long mostSamples) {
        this.snapshot = snapshot;
        this.scope = scope;
        this.mostSamples = mostSamples;
    }

    /** The database does not answer: what no expression can do anything about. */
    static final class DatabaseFailedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DatabaseFailedException(SQLException cause) {
            super(cause);
        }

        SQLException failure() {
            return (SQLException) getCause();
        }
    }

    /** How many samples all selectors have read. */
    long samplesRead() {
        return samplesRead;
    }

    @Override
    public List<SampleSeries> select(Selection selection) {
        List<SampleSeries> all = new ArrayList<>();
        long[] held = {0};
        read(selection, series -> {
            held[0] += series.size();
            if (held[0] > mostSamples) {
                throw QueryException.tooManySamples(mostSamples);
            }
            all.add(series);
        });
        return all;
    }

    @Override
    public void read(Selection selection, Consumer<SampleSeries> sink) {
        try {
            QueryDatabase.Selected found = snapshot.selectForSamples(
                    selection.matchers().stream()
                            .map(StoredSampleSource::matcher)
                            .toList(),
                    scope,
                    selection.from(),
                    selection.to());
            StartTimes starts = selection.startTimes() ? starts(found) : StartTimes.NONE;
            snapshot.read(found, selection.from(), selection.to(), (selected, samples, histograms) -> {
                check();
                Labels labels = labels(selected.labels());
                SampleSeries one =
                        withStarts(series(labels, samples, histograms, selection.from()), starts, selected.id());
                samplesRead += one.size();
                if (one.size() > 0) {
                    sink.accept(one);
                }
            });
        } catch (QueryRefusedException e) {
            throw meaning(e);
        } catch (SQLException e) {
            check();
            throw new DatabaseFailedException(e);
        }
    }

    private StartTimes starts(QueryDatabase.Selected found) throws SQLException {
        List<StoredSeries> stored =
                found.series().stream().map(SelectedSeries::stored).toList();
        return StartTimes.of(snapshot.connection(), stored);
    }

    private void check() {
        try {
            snapshot.call().check();
        } catch (QueryRefusedException e) {
            throw meaning(e);
        }
    }

    private static QueryException meaning(QueryRefusedException refused) {
        QueryException.Type type = switch (refused.type()) {
            case TIMEOUT -> QueryException.Type.TIMEOUT;
            case CANCELED -> QueryException.Type.CANCELED;
            default -> QueryException.Type.EXECUTION;
        };
        return new QueryException(type, refused.getMessage());
    }

    private static SampleSeries series(
            Labels labels, SampleArrays samples, List<StoredHistogram> histograms, long from) {
        return histograms.isEmpty()
                ? new SampleSeries(labels, cut(samples.times(), samples.size()), cut(samples.values(), samples.size()))
                : StoredHistograms.merge(labels, samples, histograms, from);
    }

    private static long[] cut(long[] all, int size) {
        return all.length == size ? all : Arrays.copyOf(all, size);
    }

    private static double[] cut(double[] all, int size) {
        return all.length == size ? all : Arrays.copyOf(all, size);
    }

    private static SampleSeries withStarts(SampleSeries series, StartTimes starts, long id) {
        return starts == StartTimes.NONE
                ? series
                : new SampleSeries(
                        series.labels(),
                        series.times(),
                        series.values(),
                        series.histograms(),
                        starts.at(id, series.times()));
    }

    static ReadQuery.Matcher matcher(Matcher matcher) {
        ReadQuery.Operator operator = switch (matcher.type()) {
            case EQUAL -> ReadQuery.Operator.EQUAL;
            case NOT_EQUAL -> ReadQuery.Operator.NOT_EQUAL;
            case MATCHES -> ReadQuery.Operator.MATCHES;
            case NOT_MATCHES -> ReadQuery.Operator.MATCHES_NOT;
        };
        return new ReadQuery.Matcher(operator, matcher.name(), matcher.value());
    }

    private static Labels labels(LabelSet labels) {
        String[] pairs = new String[2 * labels.size()];
        for (int i = 0; i < labels.size(); i++) {
            pairs[2 * i] = labels.name(i);
            pairs[2 * i + 1] = labels.value(i);
        }
        return Labels.of(pairs);
    }
}
