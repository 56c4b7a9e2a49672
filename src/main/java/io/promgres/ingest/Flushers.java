package io.promgres.ingest;

import io.promgres.model.DecodedWrite;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.observe.Metrics;
import io.promgres.series.Removals;
import io.promgres.store.RowWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The flushers of the present, side by side: each writes the samples of its share of the groups, so that no two of them write
 * the same row. While one waits for the disk, another one's rows are on their way.
 */
final class Flushers implements Lane {

    private final List<Flusher> flushers = new ArrayList<>();

    /**
     * @param writers one for each flusher
     * @param late where samples of sealed times go
     */
    Flushers(List<? extends RowWriter> writers, Flusher late, Removals removals, Metrics metrics) {
        for (RowWriter writer : writers) {
            int number = flushers.size();
            String name = number == 0 ? "flusher" : "flusher-" + (number + 1);
            flushers.add(new Flusher(name, new Share(number, writers.size()), writer, late, removals, metrics));
        }
    }

    /** The groups of which a flusher writes the samples. */
    record Share(int number, int of) {

        static final Share ALL = new Share(0, 1);

        boolean has(long group) {
            return of(group, of) == number;
        }

        /** The number of the share, of so many, that a group belongs to. */
        static int of(long group, int shares) {
            return (int) (group % shares);
        }
    }

    @Override
    public boolean concerns(DecodedWrite write) {
        return write.known().size() > 0;
    }

    @Override
    public void accept(DecodedWrite write, PendingWrite pending) {
        add(write.known(), pending);
    }

    /**
     * Has samples written, all of known series.
     *
     * @param pending a part of which ends when they are
     */
    void add(SampleBatch samples, PendingWrite pending) {
        boolean[] concerned = concerned(samples);
        // All parts are there before the first one can end.
        int parts = 0;
        for (boolean one : concerned) {
            if (one && parts++ > 0) {
                pending.split();
            }
        }
        for (int i = 0; i < concerned.length; i++) {
            if (concerned[i]) {
                flushers.get(i).add(new Flusher.Part(samples, pending));
            }
        }
    }

    private boolean[] concerned(SampleBatch samples) {
        boolean[] concerned = new boolean[flushers.size()];
        long group = -1;
        for (int i = 0; i < samples.size(); i++) {
            if (SeriesAddress.group(samples.address(i)) != group) {
                group = SeriesAddress.group(samples.address(i));
                concerned[Share.of(group, concerned.length)] = true;
            }
        }
        return concerned;
    }

    @Override
    public Stream<Worker<?>> workers() {
        return flushers.stream().map(flusher -> flusher);
    }
}
