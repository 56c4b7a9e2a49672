package io.promgres.transfer;

import java.time.Duration;
import java.time.Instant;

/**
 * Copies history window by window, from the oldest to the newest. After each window the state is saved; to do a window again
 * changes nothing, because the first value of a series and time stays. A window is as long as its samples suggest.
 */
public final class Import {

    /** Where windows begin, and their bounds. */
    private static final Duration FIRST = Duration.ofHours(1);

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** Samples of a window between which its length stays; a histogram is as many as take its room. */
    private static final long FEW = 250_000;

    private static final long MANY = 2_000_000;

    private final ImportOrder order;
    private final ImportSource source;
    private final ImportTarget target;
    private final ImportState state;
    private final Retries retries;
    private final Progress progress;

    public Import(
            ImportOrder order,
            ImportSource source,
            ImportTarget target,
            ImportState state,
            Retries retries,
            Progress progress) {
        this.order = order;
        this.source = source;
        this.target = target;
        this.state = state;
        this.retries = retries;
        this.progress = progress;
    }

    /**
     * What has been done.
     *
     * @param samples read and sent by this run
     * @param histograms native histograms, read and sent as well
     * @param refusal what promgres said about what it cannot store; empty if it took all
     * @param wasDone whether nothing was left to do
     */
    public record Result(long samples, long histograms, String refusal, boolean wasDone) {}

    /**
     * Runs to the end.
     *
     * @throws TransferException if it cannot go on; what is done is in the state
     */
    public Result run() throws TransferException, InterruptedException {
        Instant from = state.done(order.start());
        boolean wasDone = !from.isBefore(order.end());
        progress.begin(order.start(), order.end(), from);
        Duration length = FIRST;
        long samples = 0;
        long histograms = 0;
        while (from.isBefore(order.end())) {
            Instant to = from.plus(length).isBefore(order.end()) ? from.plus(length) : order.end();
            if (!copy(from, to)) {
                length = half(length);
                continue;
            }
            samples += target.samples();
            histograms += target.histograms();
            state.save(to);
            progress.reached(to, samples, histograms);
            from = to;
            length = next(length);
        }
        progress.end();
        return new Result(samples, histograms, target.refusal(), wasDone);
    }

    /** @return false if the window is too long */
    private boolean copy(Instant from, Instant to) throws TransferException, InterruptedException {
        return retries.run(
                () -> {
                    target.begin();
                    if (!source.read(order, from.toEpochMilli(), to.toEpochMilli() - 1, target)) {
                        return false;
                    }
                    target.send();
                    return true;
                },
                progress);
    }

    private Duration half(Duration length) throws TransferException {
        if (length.compareTo(SHORTEST) <= 0) {
            throw new TransferException("the answer of " + source.address() + " for " + length.toSeconds()
                    + " s is too large: narrow the selectors, or raise --storage.remote.read-sample-limit there");
        }
        Duration half = length.dividedBy(2);
        return half.compareTo(SHORTEST) < 0 ? SHORTEST : Duration.ofMillis(half.toMillis());
    }

    private Duration next(Duration length) {
        if (target.load() < FEW) {
            Duration twice = length.multipliedBy(2);
            return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
        }
        return target.load() > MANY && length.compareTo(SHORTEST) > 0
                ? Duration.ofMillis(length.toMillis() / 2)
                : length;
    }
}
