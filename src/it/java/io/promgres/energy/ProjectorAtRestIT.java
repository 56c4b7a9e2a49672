package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the projector asks of the database while nothing happens. */
class ProjectorAtRestIT {

    private static final Instant T0 = Instant.parse("2026-03-02T10:00:00Z");
    private static final String METER =
            "node_cpu_seconds_total{cpu=\"0\",mode=\"user\",instance=\"172.16.100.50:9100\","
                    + "machine_name=\"m1\",cloud_project_name=\"p1\"}";

    @Test
    void aRunAtRestAsksOneQuestionAndWorkIsDoneAtOnce() throws Exception {
        try (EnergyDatabase energy = new EnergyDatabase(RuleFiles.read(List.of()))) {
            Projector projector = energy.projector(T0.plusSeconds(3600));
            Await.until("a run that asks one question", () -> {
                long before = borrowed(energy);
                projector.run(Duration.ZERO);
                return borrowed(energy) - before == 1;
            });

            energy.send(METER, T0, 0);
            energy.send(METER, T0.plusSeconds(60), 60);
            energy.awaitViews();
            projector.run(Duration.ZERO);
            assertThat(energy.query("SELECT count(*) > 0 FROM fact_usage")).isEqualTo(List.of("t"));
        }
    }

    private static long borrowed(EnergyDatabase energy) {
        return energy.metrics()
                .registry()
                .get("hikaricp.connections.usage")
                .tag("pool", "database")
                .timer()
                .count();
    }
}
