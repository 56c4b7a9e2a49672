package io.promgres.bench;

import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.Sender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Metrics that the daemon has never seen come all at once, while another sender goes on with series that it knows. */
final class MetricStorm {

    private static final int CONNECTIONS = 8;
    private static final int METRICS_OF_A_REQUEST = 100;
    private static final int SERIES_OF_A_METRIC = 5;
    private static final int KNOWN_SERIES = 500;
    private static final long KNOWN_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

    private final Sender client;
    private final long time;
    private volatile boolean over;
    private long knownTime;

    /** @param time of the samples, milliseconds since the epoch */
    MetricStorm(Sender client, long time) {
        this.client = client;
        this.time = time;
        this.knownTime = time;
    }

    /** Sends the known series once, which makes them known. */
    void introduce() throws Exception {
        known();
    }

    /**
     * Sends new metrics, five series of each.
     *
     * @param first number of the first metric
     * @return seconds until the last request was acknowledged
     */
    double metrics(int first, int count) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            long begin = System.nanoTime();
            List<Future<?>> requests = new ArrayList<>();
            for (int from = first; from < first + count; from += METRICS_OF_A_REQUEST) {
                byte[] body = request(from, Math.min(METRICS_OF_A_REQUEST, first + count - from));
                requests.add(senders.submit(() -> {
                    client.store(body);
                    return null;
                }));
            }
            for (Future<?> request : requests) {
                request.get();
            }
            return (System.nanoTime() - begin) / 1e9;
        } finally {
            senders.shutdownNow();
        }
    }

    /**
     * Sends the known series ten times a second until {@link #end}.
     *
     * @return the seconds from when each request was due until it was acknowledged, in order of their size
     */
    double[] sendKnown() throws Exception {
        List<Double> took = new ArrayList<>();
        for (long due = System.nanoTime(); !over; due += KNOWN_EVERY) {
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            known();
            took.add((System.nanoTime() - due) / 1e9);
        }
        double[] sorted = took.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    void end() {
        over = true;
    }

    private void known() throws Exception {
        WriteRequestEncoder request = new WriteRequestEncoder();
        knownTime++;
        for (int series = 0; series < KNOWN_SERIES; series++) {
            request.add(labels("known_metric", series), knownTime, series);
        }
        client.store(request.encode());
    }

    private byte[] request(int first, int count) {
        WriteRequestEncoder request = new WriteRequestEncoder();
        for (int metric = first; metric < first + count; metric++) {
            for (int series = 0; series < SERIES_OF_A_METRIC; series++) {
                request.add(labels("application_metric_%06d_total".formatted(metric), series), time, metric + series);
            }
        }
        return request.encode();
    }

    private static TreeMap<String, String> labels(String metric, int series) {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("__name__", metric);
        labels.put("job", "application");
        labels.put("instance", "10.0.0.1:8080");
        labels.put("namespace", "shop");
        labels.put("pod", "checkout-7d4b9c6f5d-" + series);
        labels.put("code", Integer.toString(200 + series));
        return labels;
    }
}
