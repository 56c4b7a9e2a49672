package io.promgres.energy;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What energy.fact_usage must hold for a {@link SimulatedSite}: computed in plain loops over its samples, without a look at
 * how the database does it.
 */
final class ExpectedUsage {

    private static final long BUCKET = 300_000;
    private static final double BUSY_WATTS = 12;
    private static final double IDLE_WATTS = 1;
    private static final double JOULES_PER_KWH = 3_600_000;

    /** @param time start of the bucket in milliseconds */
    record Row(String scope, String key, long time) {}

    /** Sums of a row; carbon is NaN as soon as a part of it is unknown. */
    static final class Usage {
        double busySeconds;
        double idleSeconds;
        double busyKwh;
        double idleKwh;
        double busyGrams;
        double idleGrams;

        double intensity() {
            return (busyGrams + idleGrams) / (busyKwh + idleKwh);
        }

        void add(Usage other) {
            busySeconds += other.busySeconds;
            idleSeconds += other.idleSeconds;
            busyKwh += other.busyKwh;
            idleKwh += other.idleKwh;
            busyGrams += other.busyGrams;
            idleGrams += other.idleGrams;
        }
    }

    private final SimulatedSite site;
    private final Map<Row, Usage> rows = new HashMap<>();

    ExpectedUsage(SimulatedSite site) {
        this.site = site;
        for (SimulatedSite.Counter counter : site.counters) {
            Map.Entry<Long, Double> before = null;
            for (Map.Entry<Long, Double> sample : counter.samples().entrySet()) {
                if (before != null) {
                    boolean reset = sample.getValue() < before.getValue();
                    add(
                            counter,
                            sample.getKey() / BUCKET * BUCKET,
                            sample.getValue() - (reset ? 0 : before.getValue()));
                }
                before = sample;
            }
        }
    }

    Map<Row, Usage> rows() {
        return rows;
    }

    private void add(SimulatedSite.Counter counter, long bucket, double seconds) {
        double kwh = seconds * (counter.idle() ? IDLE_WATTS : BUSY_WATTS) / JOULES_PER_KWH;
        double grams = kwh * intensity(SimulatedSite.region(counter.machine()), bucket);
        add(new Row("ada", "", bucket), counter.idle(), seconds, kwh, grams);
        add(new Row("machine", SimulatedSite.machine(counter.machine()), bucket), counter.idle(), seconds, kwh, grams);
        add(new Row("project", SimulatedSite.project(counter.machine()), bucket), counter.idle(), seconds, kwh, grams);
        String user = user(counter.instance(), bucket);
        if (user != null) {
            add(new Row("user", user, bucket), counter.idle(), seconds, kwh, grams);
        }
    }

    private void add(Row row, boolean idle, double seconds, double kwh, double grams) {
        Usage usage = rows.computeIfAbsent(row, key -> new Usage());
        if (idle) {
            usage.idleSeconds += seconds;
            usage.idleKwh += kwh;
            usage.idleGrams += grams;
        } else {
            usage.busySeconds += seconds;
            usage.busyKwh += kwh;
            usage.busyGrams += grams;
        }
        if (Double.isNaN(grams)) {
            usage.busyGrams = Double.NaN;
            usage.idleGrams = Double.NaN;
        }
    }

    /** The mean of what is in force in the bucket, weighted by time; NaN if nothing is. */
    private double intensity(String region, long bucket) {
        TreeMap<Long, Double> samples = site.intensities.get(region);
        double weighted = 0;
        double seconds = 0;
        for (Map.Entry<Long, Double> sample : samples.headMap(bucket + BUCKET).entrySet()) {
            Long next = samples.higherKey(sample.getKey());
            long until = Math.min(bucket + BUCKET, next == null ? Long.MAX_VALUE : next);
            double inForce = (until - Math.max(bucket, sample.getKey())) / 1000.0;
            if (inForce > 0) {
                weighted += sample.getValue() * inForce;
                seconds += inForce;
            }
        }
        return seconds == 0 ? Double.NaN : weighted / seconds;
    }

    /** The session that is alive first in the bucket; of several, the one that started last. */
    private String user(int instance, long bucket) {
        long found = Long.MAX_VALUE;
        SimulatedSite.Session holder = null;
        for (SimulatedSite.Session session : site.sessions) {
            if (session.instance() == instance) {
                long since = aliveFrom(session, bucket);
                boolean first = since < found
                        || since == found
                                && since < bucket + BUCKET
                                && session.startedAt().isAfter(holder.startedAt());
                if (since < bucket + BUCKET && first) {
                    found = since;
                    holder = session;
                }
            }
        }
        return holder == null ? null : SimulatedSite.user(holder.user());
    }

    /** The first time at or after this one when the session is alive. */
    private static long aliveFrom(SimulatedSite.Session session, long time) {
        Map.Entry<Long, Double> last = session.samples().floorEntry(time);
        if (last != null && last.getValue() == 1 && SimulatedSite.aliveUntil(session, last.getKey()) > time) {
            return time;
        }
        for (Map.Entry<Long, Double> next :
                session.samples().tailMap(time, true).entrySet()) {
            if (next.getValue() == 1) {
                return next.getKey();
            }
        }
        return Long.MAX_VALUE;
    }
}
