package io.promgres.query;

import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import io.promgres.promql.Labels;
import io.promgres.promql.Matcher;
import io.promgres.promql.QueryException;
import io.promgres.promql.SampleSource;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import java.sql.SQLException;
import java.util.List;

/** The samples of the database, of one state of it, for one query. */
final class StoredSampleSource implements SampleSource {

    private final QueryDatabase.Snapshot snapshot;
    private final ReadScope scope;

    StoredSampleSource(QueryDatabase.Snapshot snapshot, ReadScope scope) {
        this.snapshot = snapshot;
        this.scope = scope;
    }

    /** Brings what ends the reading through the reader. */
    private static final class EndedException extends SQLException {
        private static final long serialVersionUID = 1;

        EndedException(QueryException cause) {
            super(cause);
        }
    }

    @Override
    public void read(List<Matcher> matchers, long from, long to, Sink sink) throws QueryException {
        try {
            List<SelectedSeries> series = snapshot.select(
                    matchers.stream().map(StoredSampleSource::matcher).toList(), scope);
            snapshot.samples()
                    .read(
                            series.stream().map(SelectedSeries::stored).toList(),
                            from,
                            to,
                            (index, samples, histograms) -> {
                                try {
                                    if (samples.size() > 0) {
                                        Labels labels = labels(series.get(index).labels());
                                        sink.take(
                                                labels, new Samples(samples.times(), samples.values(), samples.size()));
                                    }
                                } catch (QueryException e) {
                                    throw new EndedException(e);
                                }
                            });
        } catch (QueryRefusedException e) {
            throw meaning(e);
        } catch (EndedException e) {
            throw (QueryException) e.getCause();
        } catch (SQLException e) {
            check();
            throw new DatabaseFailedException(e);
        }
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

    @Override
    public void check() throws QueryException {
        try {
            snapshot.call().check();
        } catch (QueryRefusedException e) {
            throw meaning(e);
        }
    }

    private static QueryException meaning(QueryRefusedException refused) {
        QueryException.Kind kind = switch (refused.type()) {
            case TIMEOUT -> QueryException.Kind.TIMEOUT;
            case CANCELED -> QueryException.Kind.CANCELED;
            default -> QueryException.Kind.EXECUTION;
        };
        return new QueryException(kind, refused.getMessage());
    }

    static ReadQuery.Matcher matcher(Matcher matcher) {
        ReadQuery.Operator operator = switch (matcher.operator()) {
            case "=" -> ReadQuery.Operator.EQUAL;
            case "!=" -> ReadQuery.Operator.NOT_EQUAL;
            case "=~" -> ReadQuery.Operator.MATCHES;
            default -> ReadQuery.Operator.MATCHES_NOT;
        };
        return new ReadQuery.Matcher(operator, matcher.name(), matcher.value());
    }

    private static Labels labels(LabelSet labels) {
        String[] pairs = new String[2 * labels.size()];
        for (int i = 0; i < labels.size(); i++) {
            pairs[2 * i] = labels.name(i);
            pairs[2 * i + 1] = labels.value(i);
        }
        return Labels.ofSorted(pairs);
    }
}
