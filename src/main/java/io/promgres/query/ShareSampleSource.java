package io.promgres.query;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The samples of several databases, of one state of each, for one query: a series may be in more than one. */
final class ShareSampleSource implements SampleSource {

    private final List<StoredSampleSource> shares;
    private final long mostSamples;

    /** @param mostSamples of a query */
    ShareSampleSource(List<StoredSampleSource> shares, long mostSamples) {
        this.shares = List.copyOf(shares);
        this.mostSamples = mostSamples;
    }

    /** How many samples all selectors have read. */
    long samplesRead() {
        return shares.stream().mapToLong(StoredSampleSource::samplesRead).sum();
    }

    @Override
    public List<SampleSeries> select(Selection selection) {
        if (shares.size() == 1) {
            return shares.get(0).select(selection);
        }
        Map<Labels, SampleSeries> merged = new TreeMap<>();
        long held = 0;
        for (StoredSampleSource share : shares) {
            for (SampleSeries series : share.select(selection)) {
                held += series.size();
                if (held > mostSamples) {
                    throw QueryException.tooManySamples(mostSamples);
                }
                merged.merge(series.labels(), series, MergedSeries::of);
            }
        }
        return new ArrayList<>(merged.values());
    }

    /** Series by series where there is one database; else all of them are in memory first. */
    @Override
    public void read(Selection selection, Consumer<SampleSeries> sink) {
        if (shares.size() == 1) {
            shares.get(0).read(selection, sink);
        } else {
            select(selection).forEach(sink);
        }
    }
}
