package io.promgres.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.Rejections;
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
        RouteMetrics route = metrics.route("/write", "POST");
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
        metrics.showSeriesCache(() -> 11, () -> 22);
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
    void theJvmIsObserved() {
        assertThat(metrics.registry().scrape()).contains("jvm_memory_used_bytes", "jvm_threads_live_threads");
    }

    private String[] lines() {
        return metrics.registry().scrape().split("\n");
    }
}
