package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.LabelSet;
import io.promgres.store.Database;
import io.promgres.testing.PackedFiller;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.tiers.StoredSeries;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What remote read asks the database for grows with the samples, not with the samples times the series. */
class ReadPlanIT {

    private static final int SERIES = 200;

    @Test
    void eachSampleIsReadOnceAndComparedWithNoOtherSeries() throws Exception {
        try (TestDatabase test = TestDatabase.migrated();
                Database database = new Database(test.uri(), 2, new SimpleMeterRegistry());
                Connection connection = test.connect()) {
            long end = Instant.now().getEpochSecond();
            PackedFiller.fill(database, 1, SERIES, 1, end);
            long last = Long.parseLong(
                    Sql.value(connection, "SELECT extract(epoch FROM max(time))::bigint FROM prom_data.tick"));
            List<SelectedSeries> series =
                    Sql.rows(connection, "SELECT id FROM _prom_catalog.series ORDER BY id DESC").stream()
                            .map(id -> new SelectedSeries(
                                    new StoredSeries(Long.parseLong(id), 1, PackedFiller.METRIC, 0, 0, false),
                                    LabelSet.ofSorted(),
                                    Optional.empty()))
                            .toList();
            String copy = SampleReader.sql(series, (last - 300) * 1000, last * 1000);
            String query = copy.substring("COPY (".length(), copy.indexOf(") TO STDOUT"));

            String plan = String.join("\n", Sql.rows(connection, "EXPLAIN " + query));
            assertThat(plan).doesNotContain("unnest").doesNotContain("Join Filter: (o.");
            List<String> places =
                    Sql.rows(connection, "SELECT DISTINCT place FROM (" + query + ") r(place, time, value) ORDER BY 1");
            assertThat(places).hasSize(SERIES).startsWith("1", "2").endsWith(SERIES + "");
        }
    }
}
