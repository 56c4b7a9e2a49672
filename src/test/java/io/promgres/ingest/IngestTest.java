package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesExemplar;
import io.promgres.model.SeriesHistogram;
import io.promgres.model.SeriesStart;
import io.promgres.observe.Metrics;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.store.RowWriter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What waits, while nobody works on it. */
class IngestTest {

    private static final LabelSet SERIES = LabelSet.ofSorted(LabelSet.METRIC_NAME, "up");

    private final Metrics metrics = new Metrics("test");
    private Ingest ingest;

    /** What a request may bring. */
    private enum Brought {
        KNOWN,
        UNKNOWN,
        METADATA,
        EXEMPLARS,
        HISTOGRAMS,
        STARTS
    }

    @BeforeEach
    void make() {
        RowWriter nobody = (rows, epoch) -> {
            throw new AssertionError("nobody writes");
        };
        Ingest.Stores none =
                new Ingest.Stores(null, null, List.of(nobody, nobody), nobody, null, null, null, null, null);
        Removals removals = new Removals(new SeriesCache(SeriesCache.SMALLEST), new KnownStarts());
        ingest = new Ingest(none, removals, new KnownMetadata(1 << 20), metrics);
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    @ParameterizedTest
    @EnumSource
    void whateverWaitsMakesItBusy(Brought what) {
        assertThat(ingest.isBusy()).isFalse();

        ingest.submit(request(what), new Acknowledgement() {
            @Override
            public void stored(Rejections rejections) {
                throw new AssertionError("nobody stores it");
            }

            @Override
            public void unavailable(String reason) {
                throw new AssertionError(reason);
            }
        });

        assertThat(ingest.isBusy()).isTrue();
        assertThat(ingest.pending()).isEqualTo(1);
    }

    private static DecodedWrite request(Brought what) {
        SampleBatch known = new SampleBatch(1);
        if (what == Brought.KNOWN) {
            known.add(64, 1, 1);
        }
        return new DecodedWrite(
                known,
                only(what == Brought.UNKNOWN, new NewSeries(new byte[0], SERIES, new long[] {1}, new long[] {1})),
                only(
                        what == Brought.METADATA,
                        new NewMetadata(new byte[0], new MetricMetadata("up", MetricMetadata.Type.GAUGE, "", ""))),
                only(what == Brought.EXEMPLARS, new SeriesExemplar(SERIES, 1, 1, List.of())),
                only(what == Brought.HISTOGRAMS, new SeriesHistogram(SERIES, 1, 0, 1, 1, new byte[0])),
                only(what == Brought.STARTS, new SeriesStart(SERIES, 1, 1)),
                new Rejections(),
                Counts.NONE);
    }

    private static <T> List<T> only(boolean there, T item) {
        return there ? List.of(item) : List.of();
    }
}
