package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.MetricMetadata;
import io.promgres.store.Database;
import io.promgres.store.MetadataStore;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client of the database shows beside the views of a metric and their columns. */
class ViewCommentsIT {

    private static final long NOW = Instant.now().toEpochMilli();
    private static final String COLUMNS = """
            SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute a
            WHERE a.attrelid = 'prom_%s.requests'::regclass AND a.attnum > 0 ORDER BY a.attnum""";

    @Test
    void everyColumnSaysWhatItIsAlsoOneThatCameLater() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database);
                Database pools = new Database(database.uri(), 1, new SimpleMeterRegistry())) {
            MetadataStore metadata = new MetadataStore(pools.pool());
            daemon.send(TestSample.of("requests", NOW, 1, "code", "200"));
            daemon.awaitViews();
            metadata.commentViews();

            daemon.send(TestSample.of("requests", NOW, 1, "code", "200", "it's", "x"));
            daemon.awaitViews();
            metadata.commentViews();

            assertThat(daemon.rows(COLUMNS.formatted("metric")))
                    .containsExactly(
                            "time|Timestamp of the sample.",
                            "value|Value of the sample.",
                            "series_id|Id of the series in prom_series.requests.",
                            "labels|Ids of the labels of the series: prom_api.label(labels, name) is the text of one,"
                                    + " prom_api.jsonb(labels) has all.",
                            "code_id|Id of the label code: prom_api.val(code_id) is its text.",
                            "it's_id|Id of the label it's: prom_api.val(\"it's_id\") is its text.");
            assertThat(daemon.rows(COLUMNS.formatted("latest"))).hasSize(6).noneMatch(row -> row.endsWith("|null"));
            assertThat(daemon.rows(COLUMNS.formatted("series")))
                    .hasSize(4)
                    .contains("code|Label code of the series, NULL if it has none.")
                    .noneMatch(row -> row.endsWith("|null"));
            assertThat(daemon.rows("SELECT _prom_catalog.uncommented_views('infinity')"))
                    .isEmpty();
        }
    }

    @Test
    void aHelpTextThatIsSentLaterIsShownAndTheOthersAreNotLookedAt() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                Database pools = new Database(database.uri(), 1, new SimpleMeterRegistry());
                Connection user = database.connect()) {
            try (RunningDaemon daemon = RunningDaemon.on(database)) {
                daemon.send(TestSample.of("requests_total", NOW, 1));
                daemon.awaitViews();
            }
            MetadataStore metadata = new MetadataStore(pools.pool());
            for (String help : List.of("How many.", "How many there were.")) {
                metadata.write(List.of(new MetricMetadata("requests", MetricMetadata.Type.COUNTER, "", help)));
                metadata.commentViews();
                assertThat(Sql.value(user, "SELECT obj_description('prom_metric.requests_total'::regclass)"))
                        .isEqualTo(help);
            }
            Sql.execute(user, "COMMENT ON VIEW prom_metric.requests_total IS 'other'");
            assertThat(Sql.rows(user, "SELECT _prom_catalog.uncommented_views(now())"))
                    .isEmpty();
            assertThat(Sql.rows(user, "SELECT _prom_catalog.uncommented_views()"))
                    .hasSize(1);
        }
    }
}
