package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users set by SQL about packing, and what a daemon then does. */
class PackedSettingsIT {

    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final String KINDS = "SELECT DISTINCT kind FROM " + Packed.of("%s") + " ORDER BY 1";
    private static final String PACK = "CALL prom_api.execute_maintenance()";

    private final long noon = System.currentTimeMillis() / (24 * HOUR) * 24 * HOUR - 36 * HOUR;
    private final List<TestSample> sent = new ArrayList<>();
    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        // Else blocks are as long as the settings say only until their day is over.
        daemon.value("SELECT set_joining_setting(false)");
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void blocksAreJoinedAtTheNextPackingUnlessThatIsSwitchedOff() throws Exception {
        send(noon, noon + 4 * HOUR);
        daemon.execute(PACK);
        assertThat(blocks("small")).containsExactly("0", "120");

        daemon.value("SELECT set_joining_setting(true)");
        Await.until("nothing of that day is in the landing table, and it is joined", () -> {
            daemon.execute(PACK);
            return blocks("small").equals(List.of("-240"));
        });

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aMetricWithoutCompressionIsReadableAndCorrectInBothTiers() throws Exception {
        daemon.value("SELECT set_metric_compression_setting('plain', false)");
        send(noon, noon + 4 * HOUR);
        daemon.execute(PACK);
        // Late, between what is stored, and once more what is stored.
        send(noon + MINUTE / 2, noon + 4 * HOUR);
        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
        daemon.execute(PACK);

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(daemon.rows("SELECT count(*) FROM prom_data.landing")).containsExactly("0");
        assertThat(daemon.rows(KINDS.formatted("plain"))).containsExactly("3");
        assertThat(daemon.rows(KINDS.formatted("small"))).containsExactly("0");
    }

    @Test
    void compressionThatIsSwitchedOnLaterIsForWhatIsPackedThen() throws Exception {
        daemon.value("SELECT set_default_compression_setting(false)");
        send(noon, noon + 2 * HOUR);
        daemon.execute(PACK);
        daemon.value("SELECT set_default_compression_setting(true)");
        send(noon + 2 * HOUR, noon + 4 * HOUR);
        daemon.execute(PACK);

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(daemon.rows(KINDS.formatted("plain"))).containsExactly("0", "3");
    }

    @Test
    void retentionTouchesNoMetricThatHasNothingToDelete() throws Exception {
        send(noon, noon + 4 * HOUR);
        daemon.execute(PACK);
        long kept = System.currentTimeMillis() - (noon + 3 * HOUR);
        daemon.value("SELECT set_metric_retention_period('plain', interval '" + kept + " ms')");
        daemon.execute(PACK);

        assertThat(daemon.rows("SELECT metric_name FROM _prom_catalog.metric WHERE expired_before IS NOT NULL"))
                .containsExactly("plain");
    }

    @Test
    void retentionDeletesWhatIsNotCompressed() throws Exception {
        daemon.value("SELECT set_metric_compression_setting('plain', false)");
        send(noon, noon + 4 * HOUR);
        daemon.execute(PACK);
        long kept = System.currentTimeMillis() - (noon + 3 * HOUR);
        daemon.value("SELECT set_metric_retention_period('plain', interval '" + kept + " ms')");
        daemon.execute(PACK);

        // Blocks of two hours: the first has expired as a whole, the second has not.
        assertThat(daemon.stored())
                .containsExactlyInAnyOrderElementsOf(sent.stream()
                        .filter(sample -> !isOf("plain", sample) || sample.time() >= noon + 2 * HOUR)
                        .toList());
    }

    @Test
    void aMetricsOwnChunkIntervalIsTheLengthOfItsBlocks() throws Exception {
        daemon.value("SELECT set_metric_chunk_interval('plain', '30 minutes')");
        send(noon, noon + 4 * HOUR);
        daemon.execute(PACK);

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(blocks("plain")).containsExactly("0", "30", "60", "90", "120", "150", "180", "210");
        assertThat(blocks("small")).containsExactly("0", "120");
        assertThat(daemon.rows(
                        "SELECT metric_name, chunk_interval, compressed_chunks FROM prom_info.metric ORDER BY 1"))
                .containsExactly("plain|00:30:00|8", "small|02:00:00|2");
        assertThat(daemon.rows("SELECT count(*) FROM prom_info.metric WHERE compression_ratio < 0"))
                .containsExactly("0");
        // A partition is dropped when nobody looks at it any more.
        Await.until("nothing but packed blocks", () -> {
            daemon.execute(PACK);
            return daemon.rows("SELECT total_chunks - compressed_chunks FROM prom_info.metric")
                    .equals(List.of("0", "0"));
        });
    }

    @Test
    void theDefaultChunkIntervalIsForWhatComesThen() throws Exception {
        send(noon, noon + 4 * HOUR);
        daemon.execute(PACK);
        daemon.value("SELECT set_default_chunk_interval('1 h')");
        send(noon + 4 * HOUR, noon + 6 * HOUR);
        // Late: what there is of the old blocks is packed again, in new ones.
        send(noon + MINUTE / 2, noon + HOUR);
        daemon.execute(PACK);

        assertThat(daemon.stored()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(blocks("small")).containsExactly("0", "60", "120", "240", "300");
        assertThat(daemon.rows("SELECT count(*) FROM prom_data.vector WHERE runs <= 0"))
                .containsExactly("0");
    }

    /** Sends a sample a minute of two metrics. */
    private void send(long from, long to) throws Exception {
        List<TestSample> request = new ArrayList<>();
        for (long time = from; time < to; time += MINUTE) {
            request.add(TestSample.of("plain", time, 5, "instance", "a"));
            request.add(TestSample.of("small", time, 7, "instance", "a"));
        }
        assertThat(daemon.send(request).statusCode()).isEqualTo(204);
        sent.addAll(request);
        daemon.awaitViews();
    }

    private static boolean isOf(String metric, TestSample sample) {
        return sample.labels().get("__name__").equals(metric);
    }

    /** Minutes after noon of the blocks that a metric has runs in. */
    private List<String> blocks(String metric) throws Exception {
        return daemon.rows("SELECT DISTINCT (extract(epoch FROM v.block) * 1000 - " + noon + ")::bigint / " + MINUTE
                + " FROM prom_data.vector v WHERE v.id IN (SELECT b.vector_id FROM " + Packed.of(metric)
                + ") ORDER BY 1");
    }
}
