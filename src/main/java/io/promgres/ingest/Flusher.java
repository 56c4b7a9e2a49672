package io.promgres.ingest;

import io.promgres.model.LandingRows;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.observe.FailureLog;
import io.promgres.observe.Metrics;
import io.promgres.series.Removals;
import io.promgres.store.RerouteException;
import io.promgres.store.RowWriter;
import io.promgres.store.SealedException;
import io.promgres.store.StaleAddressesException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A writer: one thread that writes what is there as soon as it is free. What arrives while a flush runs shares the next
 * one, so that batches grow with the load and no request waits for a timer.
 *
 * <p>There are fast ones (see {@link Flushers}) and a late one. The fast ones pass samples of times that have been sealed on
 * to the late one, so that senders of the present do not wait for senders of the past.
 */
final class Flusher extends Worker<Flusher.Part> {

    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);
    private static final int ROWS = 1 << 14;

    /** Samples of one request, all of known series; a flusher takes those of its share. */
    record Part(SampleBatch samples, PendingWrite pending) {}

    private final Flushers.Share share;
    private final RowWriter landing;
    private final Flusher late;
    private final Removals removals;
    private final Metrics metrics;
    private final FailureLog failures;
    private final LandingRows rows = new LandingRows(ROWS);
    private final List<Part> whole = new ArrayList<>();
    private int received;
    private long began;
    private long sealedUntil = Long.MIN_VALUE;
    private long epoch;

    /** @param late where samples of sealed times go, null if they stay here */
    Flusher(String name, Flushers.Share share, RowWriter landing, Flusher late, Removals removals, Metrics metrics) {
        super(name, metrics);
        this.share = share;
        this.landing = landing;
        this.late = late;
        this.removals = removals;
        this.metrics = metrics;
        this.failures = new FailureLog(
                LOG, Level.WARN, name + ": samples cannot be written, senders are asked to send them again");
    }

    @Override
    void work(Part first) {
        began = System.nanoTime();
        epoch = removals.epoch();
        for (Part part = first; part != null; part = rows.size() < ROWS / 2 ? poll() : null) {
            collect(part);
        }
        flush(null);
    }

    @Override
    void reset() {
        whole.clear();
        rows.clear();
        received = 0;
    }

    @Override
    boolean isAwaited(Part part) {
        return part.pending().isAwaited();
    }

    @Override
    void refuse(Part part, String reason) {
        part.pending().failed(reason);
    }

    private void collect(Part part) {
        SampleBatch samples = part.samples();
        if (hasLostPlaces(samples)) {
            end(part, "series of the request were removed just now");
            return;
        }
        SampleBatch sealed = null;
        Outcome outcome = Outcome.WRITTEN;
        long group = -1;
        boolean isMine = false;
        for (int i = 0; i < samples.size() && outcome == Outcome.WRITTEN; i++) {
            if (SeriesAddress.group(samples.address(i)) != group) {
                group = SeriesAddress.group(samples.address(i));
                isMine = share.has(group);
            }
            if (!isMine) {
                continue;
            }
            if (samples.time(i) < sealedUntil) {
                sealed = sealed == null ? sealedPartOf(samples) : sealed;
                sealed.add(samples.address(i), samples.time(i), samples.bits(i));
            } else if (rows.add(samples.address(i), samples.time(i), samples.bits(i))) {
                received++;
            } else {
                outcome = flush(part);
                i--;
            }
        }
        if (outcome != Outcome.WRITTEN) {
            return;
        }
        if (sealed != null) {
            part.pending().split();
            late.add(new Part(sealed, part.pending()));
        }
        whole.add(part);
    }

    private static SampleBatch sealedPartOf(SampleBatch samples) {
        SampleBatch sealed = new SampleBatch(samples.size());
        sealed.lookedUpAt(samples.epoch());
        return sealed;
    }

    /** Whether addresses were looked up before a removal, and taken by it; sent again, their series are interned anew. */
    private boolean hasLostPlaces(SampleBatch samples) {
        if (samples.epoch() >= epoch) {
            return false;
        }
        for (int i = 0; i < samples.size(); i++) {
            if (removals.isRemoved(samples.address(i), samples.epoch())) {
                return true;
            }
        }
        return false;
    }

    private enum Outcome {
        WRITTEN,
        /** The parts have ended, as failed. */
        FAILED,
        /** The parts were collected again, with another idea of what is sealed or removed. */
        COLLECTED_AGAIN
    }

    /**
     * Writes the rows and ends the parts that are in there as a whole.
     *
     * @param split a part of which more is to come, or null; it goes with the others unless they are written
     */
    private Outcome flush(Part split) {
        List<Part> parts = new ArrayList<>(whole);
        whole.clear();
        String failure = null;
        Outcome outcome = Outcome.WRITTEN;
        try {
            if (!write()) {
                outcome = Outcome.COLLECTED_AGAIN;
                epoch = removals.epoch();
            }
        } catch (RerouteException e) {
            outcome = Outcome.COLLECTED_AGAIN;
            learn(e);
        } catch (SQLException | RuntimeException e) {
            outcome = Outcome.FAILED;
            failure = "the database did not take the samples: " + e.getMessage();
            metrics.flushFailed();
            failures.failed(e);
        }
        rows.clear();
        received = 0;
        if (split != null && outcome != Outcome.WRITTEN) {
            parts.add(split);
        }
        for (Part part : parts) {
            if (outcome == Outcome.COLLECTED_AGAIN) {
                collect(part);
            } else {
                end(part, failure);
            }
        }
        if (outcome == Outcome.COLLECTED_AGAIN && split == null) {
            return flush(null);
        }
        return outcome;
    }

    private void learn(RerouteException e) {
        if (e instanceof SealedException sealed) {
            sealedUntil = sealed.sealedUntil();
        } else if (e instanceof StaleAddressesException stale) {
            Interning.learn(removals, stale);
            epoch = removals.epoch();
        }
    }

    /** False, and nothing is written, if something was removed or forgotten since the rows were collected. */
    private boolean write() throws SQLException, RerouteException {
        if (rows.size() == 0) {
            return true;
        }
        // Not before they were collected: a series of them may have been interned last.
        Removals.Known known = removals.known();
        if (known.epoch() != epoch) {
            return false;
        }
        long differing = landing.write(rows, known.places());
        failures.succeeded();
        metrics.flushed(rows.size(), rows.samples(), System.nanoTime() - began);
        metrics.samplesDuplicate(received - rows.samples());
        metrics.samplesDiffering(differing + rows.differing());
        return true;
    }

    private void end(Part part, String failure) {
        ended(part);
        if (failure == null) {
            part.pending().stored();
        } else {
            part.pending().failed(failure);
        }
    }
}
