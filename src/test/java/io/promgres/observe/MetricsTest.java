package io.promgres.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.Rejections;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private final Metrics metrics = new Metrics("1.2.3");

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void writePathMetricsExistBeforeTheFirstSample() {
        assertThat(lines())
                .contains(
                        "promgres_ingest_overload_total 0.0",
                        "promgres_ingest_samples_total 0.0",
                        "promgres_ingest_histograms_total 0.0",
                        "promgres_ingest_exemplars_total 0.0",
                        "promgres_ingest_duplicate_samples_total 0.0",
                        "promgres_flush_rows_total 0.0",
                        "promgres_flush_samples_total 0.0",
                        "promgres_flush_failures_total 0.0",
                        "promgres_flush_duration_seconds_count 0",
                        "promgres_series_added_total 0.0");
    }

    @Test
    void buildInfoNamesTheVersion() {
        assertThat(metrics.registry().scrape()).containsPattern("promgres_build_info\\{.*version=\"1.2.3\"} 1");
    }

    @Test
    void requestsAreCountedByPathMethodAndCode() {
        RouteMetrics route = metrics.http().route("/write", "POST");
        route.answered(204, 1_000_000);
        route.answered(204, 1_000_000);
        route.answered(400, 1_000_000);

        assertThat(lines())
                .contains(
                        "promgres_http_requests_total{code=\"204\",method=\"POST\",path=\"/write\"} 2.0",
                        "promgres_http_requests_total{code=\"400\",method=\"POST\",path=\"/write\"} 1.0",
                        "promgres_http_request_duration_seconds_bucket{path=\"/write\",le=\"0.001\"} 3",
                        "promgres_http_request_duration_seconds_count{path=\"/write\"} 3");
    }

    @Test
    void rejectionsAreCountedByReasonAndReadZeroBeforeTheFirst() {
        metrics.rejectedSamples(Rejections.Reason.class).add(Rejections.Reason.INVALID_UTF8, 7);

        assertThat(lines())
                .contains(
                        "promgres_ingest_rejected_samples_total{reason=\"invalid_utf8\"} 7.0",
                        "promgres_ingest_rejected_samples_total{reason=\"no_metric_name\"} 0.0");
    }

    @Test
    void aFlushMovesItsCounters() {
        metrics.flushed(3, 150, 2_000_000_000L);

        assertThat(lines())
                .contains(
                        "promgres_flush_rows_total 3.0",
                        "promgres_flush_samples_total 150.0",
                        "promgres_flush_duration_seconds_sum 2.0");
    }

    @Test
    void suppliedValuesAreReadAtTheScrape() {
        metrics.showInFlight(() -> 5, () -> 100, () -> 2);
        metrics.showCache("series", () -> 11, () -> 22);
        metrics.showSeriesCacheUse(() -> 33, () -> 44);

        assertThat(lines())
                .contains(
                        "promgres_ingest_in_flight_bytes 5.0",
                        "promgres_ingest_in_flight_limit_bytes 100.0",
                        "promgres_ingest_waiting_requests 2.0",
                        "promgres_series_cache_entries 11.0",
                        "promgres_series_cache_bytes 22.0",
                        "promgres_series_cache_hits_total 33.0",
                        "promgres_series_cache_misses_total 44.0");
    }

    @Test
    void suppliedValuesAreStillReadAfterACollectionOfGarbage() {
        AtomicLong hits = new AtomicLong(1);
        metrics.showSeriesCacheUse(hits::get, () -> 0);
        metrics.queue("flusher", hits::intValue, () -> 0);
        System.gc();
        hits.set(33);

        assertThat(lines())
                .contains("promgres_series_cache_hits_total 33.0", "promgres_queue_items{queue=\"flusher\"} 33.0");
    }

    @Test
    void theStagesOfARequestHaveTheirLatency() {
        metrics.decoded(2_000_000);
        metrics.queue("flusher", () -> 3, () -> 0).waited(20_000_000);
        metrics.interned(5, 200_000_000);
        metrics.showPending(() -> 9);

        assertThat(lines())
                .contains(
                        "promgres_decode_duration_seconds_bucket{le=\"0.005\"} 1",
                        "promgres_queue_items{queue=\"flusher\"} 3.0",
                        "promgres_queue_wait_seconds_bucket{queue=\"flusher\",le=\"0.025\"} 1",
                        "promgres_intern_duration_seconds_count 1",
                        "promgres_series_added_total 5.0",
                        "promgres_ingest_pending_requests 9.0");
    }

    @Test
    void packingShowsWhatItPackedAndWhatItLeftOut() {
        metrics.packing().packed(100, 3, Duration.ofMillis(20));
        metrics.packing().failed();
        metrics.packing().behind(60);

        assertThat(lines())
                .contains(
                        "promgres_packing_samples_total 100.0",
                        "promgres_packing_orphaned_samples_total 3.0",
                        "promgres_packing_failures_total 1.0",
                        "promgres_packing_mismatches_total 0.0",
                        "promgres_packing_behind_seconds 60.0");
    }

    @Test
    void aMaintenanceTaskShowsItsRunsItsFailuresAndItsLastSuccess() {
        JobMetrics job = metrics.job("compression");
        job.failed(1_000_000_000);
        job.succeeded(Instant.ofEpochSecond(1_000), 1_000_000_000);

        assertThat(lines())
                .contains(
                        "promgres_maintenance_duration_seconds_count{task=\"compression\"} 2",
                        "promgres_maintenance_failures_total{task=\"compression\"} 1.0",
                        "promgres_maintenance_last_success_timestamp_seconds{task=\"compression\"} 1000.0");
    }

    @Test
    void whatTheDatabaseHoldsIsShownAsItWasLookedAtLast() {
        metrics.showStored(() -> new StoredState(1, 2, 3, 4, 5, 6, 7.5));

        assertThat(lines())
                .contains(
                        "promgres_stored_series 1.0",
                        "promgres_stored_metrics 2.0",
                        "promgres_landing_partitions{state=\"open\"} 3.0",
                        "promgres_landing_partitions{state=\"sealed\"} 4.0",
                        "promgres_packed_blocks 5.0",
                        "promgres_database_size_bytes 6.0");
    }

    @Test
    void theProcessIsObservedByTheNamesOfAllExporters() {
        assertThat(metrics.registry().scrape())
                .contains("process_cpu_seconds_total", "process_start_time_seconds", "process_open_fds")
                .doesNotContain("process_cpu_time_ns", "system_cpu_count");
    }

    @Test
    void theJvmIsObserved() {
        assertThat(metrics.registry().scrape()).contains("jvm_memory_used_bytes", "jvm_threads_live_threads");
    }

    private String[] lines() {
        return metrics.registry().scrape().split("\n");
    }
}
