package io.promgres.testing;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A sender as Prometheus has one for each shard: delivers scrape after scrape, the same one again until it is
 * acknowledged, and remembers what was. One thread runs it; the others may look.
 */
public final class SteadySender implements Runnable {

    private static final int SERIES = 40;
    private static final long BETWEEN_ATTEMPTS_NANOS = 20_000_000;

    private final Sender sender;
    private final Pace pace;
    // Of each series, once for its millions of samples.
    private final List<SortedMap<String, String>> labels = new ArrayList<>();
    private volatile int acknowledged;
    private volatile int refused;
    private volatile String problem;
    private volatile boolean over;

    /**
     * The times of scrapes.
     *
     * @param begin time of the first scrape, milliseconds since the epoch
     * @param step milliseconds from scrape to scrape
     * @param retries whether it goes on when the daemon is gone
     * @param inTime whether a scrape is sent at its time; else each as soon as the one before is acknowledged
     */
    record Pace(long begin, long step, boolean retries, boolean inTime) {

        long time(int scrape) {
            return begin + scrape * step;
        }
    }

    /** @param number its target */
    SteadySender(Sender sender, int number, Pace pace) {
        this.sender = sender;
        this.pace = pace;
        for (int series = 0; series < SERIES; series++) {
            labels.add(labels(number, series));
        }
    }

    private static SortedMap<String, String> labels(int number, int series) {
        return new TreeMap<>(Map.of(
                "__name__", "steady_" + series % 5,
                "job", "steady",
                "instance", "target-" + number,
                "n", "" + series));
    }

    @Override
    public void run() {
        boolean alive = true;
        while (alive && !over) {
            awaitTime(acknowledged);
            alive = deliver(acknowledged);
        }
    }

    private void awaitTime(int scrape) {
        while (pace.inTime() && !over && System.currentTimeMillis() < pace.time(scrape)) {
            LockSupport.parkNanos(BETWEEN_ATTEMPTS_NANOS);
        }
    }

    private boolean deliver(int scrape) {
        try {
            HttpResponse<String> answer = sender.send(scrape(scrape));
            if (answer.statusCode() == 204) {
                acknowledged = scrape + 1;
                return true;
            }
            boolean asItShouldBe = answer.statusCode() == 503
                    && answer.headers().firstValue("Retry-After").isPresent();
            problem = asItShouldBe ? problem : answer.toString() + answer.body();
            refused++;
        } catch (IOException e) {
            if (!pace.retries()) {
                return false;
            }
        } catch (InterruptedException e) {
            return false;
        }
        LockSupport.parkNanos(BETWEEN_ATTEMPTS_NANOS);
        return pace.retries();
    }

    /** Stops after the delivery that is under way. */
    public void end() {
        over = true;
    }

    /** How many scrapes were acknowledged, all from the first on. */
    public int acknowledged() {
        return acknowledged;
    }

    /** How many requests were answered 503 with a Retry-After. */
    public int refused() {
        return refused;
    }

    /** An answer that is neither 204 nor 503 with a Retry-After; null if there was none. */
    public String problem() {
        return problem;
    }

    /** What was acknowledged. */
    public List<TestSample> acknowledgedSamples() {
        List<TestSample> samples = new ArrayList<>();
        for (int scrape = 0; scrape < acknowledged; scrape++) {
            samples.addAll(scrape(scrape));
        }
        return samples;
    }

    /** A scrape of its target; the number {@link #acknowledged} is the one that was under way at the end. */
    public List<TestSample> scrape(int scrape) {
        List<TestSample> samples = new ArrayList<>();
        for (int series = 0; series < SERIES; series++) {
            double value = scrape + series * 0.1;
            samples.add(new TestSample(labels.get(series), pace.time(scrape), Double.doubleToRawLongBits(value)));
        }
        return samples;
    }
}
