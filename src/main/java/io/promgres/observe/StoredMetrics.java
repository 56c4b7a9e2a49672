package io.promgres.observe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What the database holds, as gauges. Daemons on one database show the same. */
final class StoredMetrics implements MeterBinder {

    private final Supplier<StoredState> state;

    StoredMetrics(Supplier<StoredState> state) {
        this.state = state;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "promgres_stored_series", "Series in the database", StoredState::series);
        gauge(registry, "promgres_stored_metrics", "Metrics in the database", StoredState::metrics);
        gauge(registry, "promgres_packed_blocks", "Packed blocks of time of all metrics", StoredState::packedBlocks);
        gauge(registry, "promgres_database_size_bytes", "The whole database on disk", StoredState::bytes);
        Gauge.builder("promgres_packing_idle_blocks", () -> state.get().idleBlocks())
                .description("For how long no daemon has ended a run of packing that was due, in lengths of a block")
                .register(registry);
        partitions(registry, "open", StoredState::openPartitions);
        partitions(registry, "sealed", StoredState::sealedPartitions);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToLongFunction<StoredState> value) {
        Gauge.builder(name, () -> value.applyAsLong(state.get()))
                .description(description)
                .register(registry);
    }

    private void partitions(MeterRegistry registry, String name, ToLongFunction<StoredState> value) {
        Gauge.builder("promgres_landing_partitions", () -> value.applyAsLong(state.get()))
                .description("Partitions of the landing table: open ones take samples, sealed ones wait to be packed")
                .tags(Tags.of("state", name))
                .register(registry);
    }
}
