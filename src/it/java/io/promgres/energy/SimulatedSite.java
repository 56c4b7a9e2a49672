package io.promgres.energy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A research cloud in a seed: 3 groups, 40 users, 5 projects and 12 machines with two instances each. CPU counters with
 * resets, lost scrapes and restarts; users whose sessions move between the instances; the carbon intensity of two regions.
 */
final class SimulatedSite {

    static final int GROUPS = 3;
    static final int USERS = 40;
    static final int PROJECTS = 5;
    static final int MACHINES = 12;
    static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");

    private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);
    private static final int INSTANCES = 2 * MACHINES;
    private static final Duration SILENCE = Duration.ofMinutes(5);

    /** A counter of one CPU and mode; times in milliseconds. */
    record Counter(int instance, String mode, TreeMap<Long, Double> samples) {
        boolean idle() {
            return mode.equals("idle");
        }

        int machine() {
            return instance / 2;
        }
    }

    /** @param samples 1, or a stale marker */
    record Session(String workspace, int instance, int user, Instant startedAt, TreeMap<Long, Double> samples) {}

    private final Random random;
    private final long end;
    private final long step;
    final List<Counter> counters = new ArrayList<>();
    final List<Session> sessions = new ArrayList<>();
    final Map<String, TreeMap<Long, Double>> intensities = new TreeMap<>();

    SimulatedSite(long seed, Duration length, Duration step) {
        this.random = new Random(seed);
        this.end = BEGIN.plus(length).toEpochMilli();
        this.step = step.toMillis();
        for (int instance = 0; instance < INSTANCES; instance++) {
            addCounters(instance);
            addSessions(instance);
        }
        intensities.put("north", intensity(Duration.ofHours(1)));
        intensities.put("south", intensity(Duration.ofMinutes(2)));
    }

    Instant end() {
        return Instant.ofEpochMilli(end);
    }

    static String machine(int machine) {
        return "node-" + machine;
    }

    static String project(int machine) {
        return "project-" + machine % PROJECTS;
    }

    static String user(int user) {
        return "u" + user;
    }

    static String group(int user) {
        return "group-" + user % GROUPS;
    }

    static String region(int machine) {
        return machine % 2 == 0 ? "north" : "south";
    }

    private void addCounters(int instance) {
        List<Counter> all = new ArrayList<>();
        for (String mode : List.of("user", "system", "idle")) {
            all.add(new Counter(instance, mode, new TreeMap<>()));
        }
        double[] hundredths = {random.nextInt(1_000_000), random.nextInt(1_000_000), random.nextInt(1_000_000)};
        long downUntil = 0;
        for (long time = BEGIN.toEpochMilli() + random.nextInt(15_000); time < end; time += step) {
            for (int i = 0; i < hundredths.length; i++) {
                hundredths[i] += random.nextInt((int) (step / 10));
            }
            if (random.nextInt(400) == 0) {
                downUntil = time + random.nextInt(40) * step;
                if (random.nextBoolean()) {
                    hundredths = new double[] {random.nextInt(100), random.nextInt(100), 0};
                }
            }
            if (time >= downUntil && random.nextInt(50) != 0) {
                for (int i = 0; i < hundredths.length; i++) {
                    all.get(i).samples().put(time, hundredths[i] / 100);
                }
            }
        }
        counters.addAll(all);
    }

    private void addSessions(int instance) {
        long time = BEGIN.toEpochMilli() + random.nextInt(7_200_000);
        while (time < end) {
            long last = Math.min(end, time + 600_000 + random.nextInt(10_000_000));
            TreeMap<Long, Double> samples = new TreeMap<>();
            for (long at = time + random.nextInt(30_000); at < last; at += Math.min(step, 60_000)) {
                if (random.nextInt(40) != 0) {
                    samples.put(at, 1.0);
                }
            }
            if (random.nextBoolean()) {
                samples.put(last, STALE);
            }
            sessions.add(new Session(
                    "ws-" + instance + "-" + time,
                    instance,
                    random.nextInt(USERS),
                    Instant.ofEpochMilli(time / 1000 * 1000),
                    samples));
            // Sometimes the next one begins before this one ends.
            time = last - 300_000 + random.nextInt(5_000_000);
        }
    }

    private TreeMap<Long, Double> intensity(Duration begin) {
        TreeMap<Long, Double> samples = new TreeMap<>();
        for (long time = BEGIN.plus(begin).toEpochMilli(); time < end; time += 1_800_000) {
            samples.put(time, (double) (100 + random.nextInt(300)));
        }
        return samples;
    }

    /** Every series with its samples, as they are sent. */
    List<EnergyDatabase.Samples> samples() {
        List<EnergyDatabase.Samples> all = new ArrayList<>();
        for (Counter counter : counters) {
            all.add(samples(
                    "node_cpu_seconds_total{mode=\"%s\",cpu=\"0\",job=\"node\",instance=\"%s\",machine_name=\"%s\",cloud_project_name=\"%s\",region=\"%s\"}"
                            .formatted(
                                    counter.mode(),
                                    instance(counter.instance()),
                                    machine(counter.machine()),
                                    project(counter.machine()),
                                    region(counter.machine())),
                    counter.samples()));
        }
        for (Session session : sessions) {
            all.add(samples(
                    "workspace_info{workspace_id=\"%s\",instance=\"%s\",machine_name=\"%s\",user_id=\"%s\",display_name=\"%s\",group_name=\"%s\",cloud_project_name=\"%s\",started_at=\"%s\"}"
                            .formatted(
                                    session.workspace(),
                                    instance(session.instance()),
                                    machine(session.instance() / 2),
                                    user(session.user()),
                                    "User " + session.user(),
                                    group(session.user()),
                                    project(session.instance() / 2),
                                    session.startedAt()),
                    session.samples()));
        }
        intensities.forEach((region, samples) ->
                all.add(samples("carbon_intensity_gco2eq_per_kwh{region=\"" + region + "\"}", samples)));
        return all;
    }

    private static String instance(int instance) {
        return instance % 2 == 0 ? "10.0.0." + instance + ":9100" : "[fd00::" + instance + "]:9100";
    }

    private static EnergyDatabase.Samples samples(String series, TreeMap<Long, Double> samples) {
        return new EnergyDatabase.Samples(
                EnergyDatabase.series(series),
                samples.keySet().stream().mapToLong(Long::longValue).toArray(),
                samples.values().stream().mapToLong(Double::doubleToRawLongBits).toArray());
    }

    /** Until when a sample of 1 at a time keeps its session alive. */
    static long aliveUntil(Session session, long at) {
        Long next = session.samples().higherKey(at);
        long silent = at + SILENCE.toMillis();
        return next == null ? silent : Math.min(next, silent);
    }
}
