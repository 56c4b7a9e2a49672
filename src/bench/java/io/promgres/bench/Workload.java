package io.promgres.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** What is sent, and by how many senders at one time. A sender has one request under way, as a shard of Prometheus. */
enum Workload {
    A("node exporters, 8 senders", 8) {
        @Override
        Population population(int series) {
            return Shapes.nodeExporters(series);
        }
    },
    B("Kubernetes, histograms, churn, 8 senders", 8) {
        @Override
        Population population(int series) {
            return Shapes.kubernetes(series);
        }
    },
    C("Avalanche, 8 senders", 8) {
        @Override
        Population population(int series) {
            return Shapes.avalanche(series);
        }
    },
    D("node exporters, one sender", 1) {
        @Override
        Population population(int series) {
            return Shapes.nodeExporters(series);
        }
    },
    E("node exporters, 20 senders, split and shuffled", 20) {
        @Override
        Population population(int series) {
            return Shapes.nodeExporters(series);
        }

        @Override
        List<Integer> order(int sender, List<Integer> members) {
            List<Integer> shuffled = new ArrayList<>(members);
            Collections.shuffle(shuffled, new Random(sender));
            return shuffled;
        }

        @Override
        int sender(int index, int target) {
            return index % senders();
        }
    },
    F("2,000 metrics of 5 series, 5 senders", 5) {
        @Override
        Population population(int series) {
            return Shapes.manyMetrics();
        }
    };

    /** As Prometheus sends at most by default (max_samples_per_send). */
    private static final int SAMPLES_OF_A_REQUEST = 2_000;

    private final String description;
    private final int senders;

    Workload(String description, int senders) {
        this.description = description;
        this.senders = senders;
    }

    /** @param series how many; a workload whose number is fixed takes no notice */
    abstract Population population(int series);

    String description() {
        return description;
    }

    int senders() {
        return senders;
    }

    /** Who sends a series: all series of a target have one sender, unless a workload says otherwise. */
    int sender(int index, int target) {
        return target % senders;
    }

    /** The order in which a sender sends its series. */
    List<Integer> order(int sender, List<Integer> members) {
        return members;
    }

    /** The series of each request of a scrape, for each sender that has any. */
    List<List<int[]>> requests(Population population) {
        List<List<Integer>> ofSender = IntStream.range(0, senders)
                .mapToObj(i -> (List<Integer>) new ArrayList<Integer>())
                .toList();
        for (int index = 0; index < population.size(); index++) {
            ofSender.get(sender(index, population.series().get(index).target())).add(index);
        }
        return IntStream.range(0, senders)
                .mapToObj(sender -> split(order(sender, ofSender.get(sender))))
                .filter(requests -> !requests.isEmpty())
                .toList();
    }

    private static List<int[]> split(List<Integer> members) {
        int[] all = members.stream().mapToInt(Integer::intValue).toArray();
        List<int[]> requests = new ArrayList<>();
        for (int from = 0; from < all.length; from += SAMPLES_OF_A_REQUEST) {
            requests.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + SAMPLES_OF_A_REQUEST)));
        }
        return requests;
    }

    /** @throws IllegalArgumentException if there is no such workload */
    static Workload of(String letter) {
        return Arrays.stream(values())
                .filter(workload -> workload.name().toLowerCase(Locale.ROOT).equals(letter))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such workload: " + letter + "; there are a to f"));
    }
}
