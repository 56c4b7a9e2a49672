package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The increases of all buckets add up to what the counters grew by: to the last digit, whatever happens on the way. */
class ConservationIT {

    private static final long BEGIN = Instant.parse("2026-03-02T10:00:00Z").toEpochMilli();
    private static final int SERIES = 8;
    private static final int SAMPLES = 120;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void bucketsAddUpToTheGrowthOfTheCounters(long seed) throws SQLException {
        Random random = new Random(seed);
        BigDecimal growth = BigDecimal.ZERO;
        List<EnergyDatabase.Samples> requests = new ArrayList<>();
        for (int series = 0; series < SERIES; series++) {
            TreeMap<Long, BigDecimal> counter = counter(random);
            growth = growth.add(growth(counter));
            LabelSet labels = EnergyDatabase.series(
                    "node_cpu_seconds_total{machine_name=\"m\",mode=\"user\",cpu=\"" + series + "\"}");
            counter.forEach((time, value) -> requests.add(new EnergyDatabase.Samples(
                    labels, new long[] {time}, new long[] {Double.doubleToRawLongBits(value.doubleValue())})));
        }
        try (EnergyDatabase energy = new EnergyDatabase(RuleFiles.read(List.of()))) {
            Collections.shuffle(requests, random);
            for (int at = 0; at < requests.size(); at += 60) {
                energy.send(requests.subList(at, Math.min(requests.size(), at + 60)));
                energy.project();
            }
            assertThat(new BigDecimal(energy.query("SELECT sum(busy_cpu_seconds_total) FROM v_ada_timeseries")
                            .get(0)))
                    .isEqualByComparingTo(growth);
        }
    }

    /** Gaps of seconds to hours, steps of a thousandth to a million, a reset now and then. */
    private static TreeMap<Long, BigDecimal> counter(Random random) {
        TreeMap<Long, BigDecimal> counter = new TreeMap<>();
        long time = BEGIN;
        BigDecimal value = BigDecimal.valueOf(random.nextInt(1_000_000), 3);
        for (int i = 0; i < SAMPLES; i++) {
            counter.put(time, value);
            time += 1 + random.nextInt(random.nextInt(20) == 0 ? 7_200_000 : 60_000);
            value = random.nextInt(15) == 0
                    ? BigDecimal.valueOf(random.nextInt(1_000), 3)
                    : value.add(BigDecimal.valueOf(random.nextInt(1_000_000_000) >> random.nextInt(30), 3));
        }
        return counter;
    }

    private static BigDecimal growth(TreeMap<Long, BigDecimal> counter) {
        BigDecimal growth = BigDecimal.ZERO;
        BigDecimal before = null;
        for (BigDecimal value : counter.values()) {
            if (before != null) {
                growth = growth.add(value.compareTo(before) < 0 ? value : value.subtract(before));
            }
            before = value;
        }
        return growth;
    }
}
