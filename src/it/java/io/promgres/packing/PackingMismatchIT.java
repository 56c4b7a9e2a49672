package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.RandomSeries.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not read back as it was, stays where it was. A trigger stands for whatever may have gone wrong. */
class PackingMismatchIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NEW.series_id := NEW.series_id + 1; RETURN NEW;",
                "NEW.metric_id := CASE NEW.metric_id WHEN 1 THEN 2 ELSE 1 END; RETURN NEW;",
                "RETURN NULL;"
            })
    void whatDoesNotReadBackAsItWasStaysInTheLandingTableUntilItDoes(String spoil) throws Exception {
        Instant start = Instant.now().minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.HOURS);
        try (PackedDatabase database = new PackedDatabase()) {
            RandomSeries made = RandomSeries.of(new Random(11), 4, start, 1);
            database.intern(made.labels());
            List<Sample> samples = made.samples();
            List<Sample> inTime = samples.subList(0, samples.size() / 2);
            database.write(database.fast(), inTime);
            Map<String, TreeMap<Long, String>> before = database.shown();
            database.execute(
                    "CREATE FUNCTION public.spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN " + spoil + " END'",
                    "CREATE TRIGGER spoilt BEFORE INSERT ON prom_data.packed FOR EACH ROW EXECUTE FUNCTION public.spoil()");

            assertThat(database.pack()).isZero();

            assertThat(database.takeMismatches()).isPositive();
            assertThat(database.shown()).isEqualTo(before);
            assertThat(database.packedSamples()).isZero();

            database.write(database.late(), samples);
            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));

            database.execute("DROP TRIGGER spoilt ON prom_data.packed");
            assertThat(database.packAll()).isEqualTo(samples.size());
            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(samples));
        }
    }
}
