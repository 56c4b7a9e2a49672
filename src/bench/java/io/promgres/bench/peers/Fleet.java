package io.promgres.bench.peers;

import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.Sender;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Hosts that expose what was recorded of one, each at a moment and a place of the recording of its own.
 *
 * @param begin of the first scrape
 * @param scrapes of each host
 */
record Fleet(Recording recording, int hosts, Instant begin, Duration interval, int scrapes) {

    private static final int SENDERS = 4;
    private static final int SAMPLES_OF_A_REQUEST = 2_000;
    private static final int SCRAPES_APART = 7;
    private static final int SCRAPES_TOGETHER = 20;
    private static final long MILLIS_APART = 7_919;

    long samples() {
        return (long) hosts * scrapes * recording.size();
    }

    int series() {
        return hosts * recording.size();
    }

    /** The time of the last sample, or a little later. */
    Instant end() {
        return begin.plus(interval.multipliedBy(scrapes));
    }

    /**
     * Sends everything, as fast as it is taken, by four senders whose hosts are their own; returns when all is acknowledged. No sender is
     * minutes ahead of another: a Prometheus refuses what is an hour older than its newest sample.
     */
    void sendTo(String url) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Hosts> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                senders.add(new Hosts(new Sender(url), i));
            }
            for (int from = 0; from < scrapes; from += SCRAPES_TOGETHER) {
                int begin = from;
                List<Future<Void>> sent = senders.stream()
                        .map(hosts ->
                                threads.submit(() -> hosts.send(begin, Math.min(scrapes, begin + SCRAPES_TOGETHER))))
                        .toList();
                for (Future<Void> one : sent) {
                    one.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The hosts of a sender. */
    private final class Hosts {

        private final Sender sender;
        private final int first;
        private final List<List<TreeMap<String, String>>> labels = new ArrayList<>();

        Hosts(Sender sender, int first) {
            this.sender = sender;
            this.first = first;
            for (int host = first; host < hosts; host += SENDERS) {
                labels.add(labels(host));
            }
        }

        Void send(int from, int to) throws IOException, InterruptedException {
            for (int scrape = from; scrape < to; scrape++) {
                for (int i = 0; i < labels.size(); i++) {
                    Fleet.this.send(sender, labels.get(i), first + i * SENDERS, scrape);
                }
            }
            return null;
        }
    }

    private List<TreeMap<String, String>> labels(int host) {
        List<TreeMap<String, String>> labels = new ArrayList<>();
        for (int i = 0; i < recording.size(); i++) {
            TreeMap<String, String> one = recording.labels(i);
            one.put("job", "node");
            one.put("instance", "10.0.%d.%d:9100".formatted(host / 250, host % 250));
            labels.add(one);
        }
        return labels;
    }

    private void send(Sender sender, List<TreeMap<String, String>> labels, int host, int scrape)
            throws IOException, InterruptedException {
        long time = begin.toEpochMilli() + scrape * interval.toMillis() + host * MILLIS_APART % interval.toMillis();
        for (int from = 0; from < labels.size(); from += SAMPLES_OF_A_REQUEST) {
            WriteRequestEncoder request = new WriteRequestEncoder();
            for (int i = from; i < Math.min(labels.size(), from + SAMPLES_OF_A_REQUEST); i++) {
                request.add(labels.get(i), time, recording.value(i, scrape + (long) host * SCRAPES_APART));
            }
            sender.store(request.encode());
        }
    }
}
