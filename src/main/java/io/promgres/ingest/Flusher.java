package io.promgres.ingest;

import io.promgres.model.LandingRows;
import io.promgres.model.SampleBatch;
import io.promgres.observe.Metrics;
import io.promgres.store.LandingWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer: one thread that writes what is there as soon as it is free. What arrives while a flush runs shares the next
 * one, so that batches grow with the load and nobody waits for a timer.
 */
final class Flusher extends Worker<Flusher.Part> {

    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);
    private static final int ROWS = 1 << 14;

    /** Samples of one request, all of known series. */
    record Part(SampleBatch samples, PendingWrite pending) {}

    private final LandingWriter landing;
    private final Metrics metrics;
    private final LandingRows rows = new LandingRows(ROWS);
    private final List<Part> whole = new ArrayList<>();
    private int received;
    private long began;
    private boolean failing;

    Flusher(LandingWriter landing, Metrics metrics) {
        super("promgres-flusher");
        this.landing = landing;
        this.metrics = metrics;
    }

    @Override
    void work(Part first) {
        began = System.nanoTime();
        for (Part part = first; part != null; part = rows.size() < ROWS / 2 ? poll() : null) {
            collect(part);
        }
        flush(null);
    }

    @Override
    void refuse(Part part) {
        part.pending().failed("promgres is stopping");
    }

    private void collect(Part part) {
        SampleBatch samples = part.samples();
        String failure = null;
        for (int i = 0; i < samples.size() && failure == null; i++) {
            if (!rows.add(samples.address(i), samples.time(i), samples.bits(i))) {
                failure = flush(part);
                i--;
            } else {
                received++;
            }
        }
        if (failure == null) {
            whole.add(part);
        }
    }

    /**
     * Writes the rows and ends the parts that are in there as a whole.
     *
     * @param split a part of which more is to come, or null; it ends here if this fails
     * @return null, or why it failed
     */
    private String flush(Part split) {
        String failure = write();
        for (Part part : whole) {
            end(part, failure);
        }
        if (split != null && failure != null) {
            end(split, failure);
        }
        whole.clear();
        rows.clear();
        received = 0;
        return failure;
    }

    private String write() {
        try {
            landing.write(rows);
        } catch (SQLException | RuntimeException e) {
            metrics.flushFailed();
            logFailure(e);
            return "the database did not take the samples: " + e.getMessage();
        }
        if (failing) {
            failing = false;
            LOG.info("samples are written again");
        }
        metrics.flushed(rows.size(), rows.samples(), System.nanoTime() - began);
        metrics.samplesDuplicate(received - rows.samples());
        return null;
    }

    // A database that is away fails every request: one line, not thousands.
    private void logFailure(Exception e) {
        if (!failing) {
            LOG.warn("samples cannot be written, senders are asked to send them again: {}", e.toString());
        }
        failing = true;
    }

    private static void end(Part part, String failure) {
        if (failure == null) {
            part.pending().stored();
        } else {
            part.pending().failed(failure);
        }
    }
}
