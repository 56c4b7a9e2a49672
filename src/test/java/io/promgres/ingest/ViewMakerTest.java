package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.observe.Metrics;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for views, while none are made. */
class ViewMakerTest {

    private final Metrics metrics = new Metrics("test");
    private final ViewMaker views = new ViewMaker(null, metrics);

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    @Timeout(60)
    void whoeverAddsMetricsDoesNotWaitForTheirViews() {
        IntStream.range(0, 1_000).forEach(id -> views.add(List.of(id)));

        assertThat(waiting()).isEqualTo(1_000);
    }

    @Test
    void aMetricWaitsOnceHoweverOftenItIsAdded() {
        views.add(List.of(1, 2, 1));
        views.add(List.of(2, 1));

        assertThat(waiting()).isEqualTo(1);
    }

    private long waiting() {
        return metrics.registry()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("promgres_queue_items{queue=\"views\"}"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }
}
