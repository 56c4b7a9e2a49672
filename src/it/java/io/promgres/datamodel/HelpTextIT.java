package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** Which help text a metric has, and that finding it costs the same however many metrics have one. */
class HelpTextIT {

    private static final int FAMILIES = 5_000;

    @Test
    void theHelpOfAMetricIsThatOfItsFamilyAndIsFoundByTheIndex() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                Connection connection = database.connect()) {
            Sql.execute(connection, """
                    INSERT INTO _prom_catalog.metadata (metric_family, type, unit, help, first_seen, last_seen)
                    SELECT 'm_' || n, (ARRAY['counter', 'histogram', 'gaugehistogram', 'summary', 'info', 'gauge'])[1 + n %% 6],
                           '', 'help ' || n, now(), now()
                    FROM generate_series(0, %d) n""".formatted(FAMILIES));
            Sql.execute(connection, "ANALYZE _prom_catalog.metadata");
            connection.setAutoCommit(false);

            assertThat(Sql.rows(connection, """
                            SELECT name, help
                            FROM unnest(ARRAY['m_0', 'm_0_total', 'm_0_bucket', 'm_1_bucket', 'm_1_sum', 'm_1_gsum', 'm_2_gcount',
                                              'm_3_count', 'm_3_bucket', 'm_4_info', 'm_4_created', 'm_5', 'm_5_total', 'm_9999_total'])
                                     WITH ORDINALITY u(name, n),
                                 LATERAL (SELECT coalesce(_prom_catalog.metric_help(name), 'none')) h(help)
                            ORDER BY n"""))
                    .containsExactly(
                            "m_0|help 0",
                            "m_0_total|help 0",
                            "m_0_bucket|none",
                            "m_1_bucket|help 1",
                            "m_1_sum|help 1",
                            "m_1_gsum|help 1",
                            "m_2_gcount|help 2",
                            "m_3_count|help 3",
                            "m_3_bucket|none",
                            "m_4_info|help 4",
                            "m_4_created|help 4",
                            "m_5|help 5",
                            "m_5_total|none",
                            "m_9999_total|none");
            assertThat(
                            Sql.value(
                                    connection,
                                    "SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relid = '_prom_catalog.metadata'::regclass"))
                    .isEqualTo("0");
        }
    }
}
