package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** How long native histograms stay: with their series, their metric, and their retention period. */
class HistogramLifetimeIT extends HistogramFixture {

    @Test
    void histogramsOfASeriesThatIsGoneMakeItAnew() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "gone").addHistograms(example());
        store(request, 1);
        assertThat(promgres.query("SELECT prom_api.delete_series_from_metric('gone', array_agg(series_id))"
                        + " FROM prom_histogram.gone"))
                .containsExactly("1");
        assertThat(promgres.query("SELECT count FROM prom_histogram.gone")).isEmpty();
        assertWritten(send(V2, request.bytes()), 204, 1);
        assertThat(promgres.query("SELECT count FROM prom_histogram.gone")).containsExactly("8");
    }

    @Test
    void aDroppedMetricTakesItsHistogramsAndViewAlongAndMayReturn() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "dropped").addHistograms(example());
        store(request, 1);
        promgres.query("SELECT prom_api.drop_metric('dropped')");
        assertThat(promgres.query("SELECT to_regclass('prom_histogram.dropped') IS NULL"))
                .containsExactly("t");
        assertThat(promgres.query("SELECT count(*) FROM prom_data.histogram h"
                        + " WHERE NOT EXISTS (SELECT FROM _prom_catalog.series s WHERE s.id = h.series_id)"))
                .containsExactly("0");
        store(request, 1);
        assertThat(promgres.query("SELECT count FROM prom_histogram.dropped")).containsExactly("8");
    }

    @Test
    void histogramsGoWhenTheirRetentionPeriodIsOver() throws Exception {
        long day = 86_400_000L;
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "aging_histogram")
                .addHistograms(example())
                .addHistograms(example().setTimestamp(now - 91 * day).setSum(91))
                .addHistograms(example().setTimestamp(now - 89 * day).setSum(89));
        store(request, 3);
        promgres.query("SELECT _prom_catalog.expire_histograms()");
        assertThat(promgres.query("SELECT sum FROM prom_histogram.aging_histogram ORDER BY time"))
                .containsExactly("89", "20.5");
    }

    @Test
    void aSeriesWithNothingButHistogramsIsNotRemovedAsSilent() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "silent").addHistograms(example());
        store(request, 1);
        promgres.query("UPDATE _prom_catalog.series SET group_id = NULL, slot = NULL WHERE metric_id ="
                + " (SELECT id FROM _prom_catalog.metric WHERE metric_name = 'silent') RETURNING id");
        assertThat(promgres.query("SELECT _prom_catalog.remove_expired_series(id) FROM _prom_catalog.metric"
                        + " WHERE metric_name = 'silent'"))
                .containsExactly("0");
        assertThat(promgres.query("SELECT count FROM prom_histogram.silent")).containsExactly("8");
        promgres.query("DELETE FROM prom_data.histogram WHERE series_id IN"
                + " (SELECT series_id FROM prom_histogram.silent) RETURNING time");
        assertThat(promgres.query("SELECT _prom_catalog.remove_expired_series(id) FROM _prom_catalog.metric"
                        + " WHERE metric_name = 'silent'"))
                .containsExactly("1");
    }

    @Test
    void whoRemovesSilentSeriesWaitsForHistogramsThatAreBeingWritten() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "guarded").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        String id = promgres.query(
                        "SELECT s.id FROM _prom_catalog.series s JOIN _prom_catalog.metric m ON m.id = s.metric_id"
                                + " WHERE m.metric_name = 'guarded'")
                .get(0);
        promgres.query(
                "UPDATE _prom_catalog.series SET group_id = NULL, slot = NULL WHERE id = " + id + " RETURNING id");
        promgres.query("SELECT _prom_catalog.delete_histograms('{" + id + "}', '-infinity', 'infinity')");
        promgres.makeViews();
        try (Connection writer = promgres.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute(
                    "SELECT _prom_catalog.store_histograms('{" + id + "}', '{1000}', '{0}', '{0}', '{\"\\\\x00\"}')");
            FutureTask<List<String>> removal = new FutureTask<>(() -> promgres.query(
                    "SELECT _prom_catalog.remove_expired_series(metric_id) FROM _prom_catalog.series WHERE id = "
                            + id));
            Thread remover = new Thread(removal);
            remover.start();
            Await.until(
                    "the removal waits",
                    () -> !promgres.query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND datname = current_database() AND query LIKE '%remove_expired_series%'")
                            .isEmpty());
            writer.commit();
            assertThat(removal.get()).containsExactly("0");
        }
        assertThat(promgres.query("SELECT count FROM prom_data.histogram WHERE series_id = " + id))
                .containsExactly("0");
    }
}
