package io.promgres.query;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The samples of several databases, of one state of each, for one query: a series may be in more than one. */
final class ShareSampleSource implements SampleSource {

    private final List<StoredSampleSource> shares;
    private final ParallelTasks tasks;
    private final long mostSamples;

    /** @param mostSamples of a query */
    ShareSampleSource(List<StoredSampleSource> shares, ParallelTasks tasks, long mostSamples) {
        this.shares = List.copyOf(shares);
        this.tasks = tasks;
        this.mostSamples = mostSamples;
    }

    /** How many samples all selectors have read. */
    long samplesRead() {
        return shares.stream().mapToLong(StoredSampleSource::samplesRead).sum();
    }

    @Override
    public List<SampleSeries> select(Selection selection) {
        return shares.size() == 1 ? shares.get(0).select(selection) : merged(selection);
    }

    /** Series by series where there is one database; else all of them are in memory first. */
    @Override
    public void read(Selection selection, Consumer<SampleSeries> sink) {
        if (shares.size() == 1) {
            shares.get(0).read(selection, sink);
        } else {
            merged(selection).forEach(sink);
        }
    }

    private List<SampleSeries> merged(Selection selection) {
        AtomicLong held = new AtomicLong();
        List<Callable<List<SampleSeries>>> reads = new ArrayList<>();
        for (StoredSampleSource share : shares) {
            reads.add(() -> read(share, selection, held));
        }
        Map<Labels, SampleSeries> merged = new TreeMap<>();
        try {
            tasks.run(reads)
                    .forEach(share -> share.forEach(series -> merged.merge(series.labels(), series, MergedSeries::of)));
        } catch (QueryRefusedException | SQLException e) {
            throw new IllegalStateException("a source of samples throws neither", e);
        }
        return new ArrayList<>(merged.values());
    }

    /** @param held the samples of all databases */
    private List<SampleSeries> read(StoredSampleSource share, Selection selection, AtomicLong held) {
        List<SampleSeries> all = new ArrayList<>();
        share.read(selection, series -> {
            if (held.addAndGet(series.size()) > mostSamples) {
                throw QueryException.tooManySamples(mostSamples);
            }
            all.add(series);
        });
        return all;
    }
}
