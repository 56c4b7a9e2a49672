package io.promgres.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The last half hour of this daemon's remote write, read off its counters in equal intervals; no database is asked.
 * {@link #tick} is for one thread, {@link #latest} for any.
 */
public final class LiveFigures {

    /** Between two ticks. */
    public static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final int MOST_POINTS = 360;
    private static final JsonFactory JSON = new JsonFactory();

    private final MeterRegistry registry;
    private final String version;
    private final InstantSource clock;
    private final long startedAt;
    private final Deque<Point> points = new ArrayDeque<>();
    private Totals last;
    private long lastNanos;
    private volatile Resource latest;

    /** @param version of this build */
    public LiveFigures(MeterRegistry registry, String version, InstantSource clock) {
        this.registry = registry;
        this.version = version;
        this.clock = clock;
        this.startedAt = clock.millis();
        this.last = Totals.read(registry);
        this.lastNanos = System.nanoTime();
        this.latest = Resource.json(json());
    }

    /** Reads the counters. */
    public void tick() {
        Duration passed = Duration.ofNanos(System.nanoTime() - lastNanos);
        tick(passed);
        lastNanos += passed.toNanos();
    }

    /** @param passed since the last tick; a shorter one than a millisecond is none */
    void tick(Duration passed) {
        if (passed.toMillis() == 0) {
            return;
        }
        Totals now = Totals.read(registry);
        points.addLast(Point.between(last, now, clock.millis(), passed));
        if (points.size() > MOST_POINTS) {
            points.removeFirst();
        }
        last = now;
        latest = Resource.json(json());
    }

    /** The figures as a JSON object: a column of numbers for each. */
    public Resource latest() {
        return latest;
    }

    private byte[] json() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("version", version);
            json.writeNumberField("startedAt", startedAt);
            json.writeNumberField("interval", INTERVAL.toSeconds());
            for (Column column : COLUMNS) {
                json.writeArrayFieldStart(column.name());
                for (Point point : points) {
                    write(json, column.value().applyAsDouble(point));
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private record Column(String name, ToDoubleFunction<Point> value) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("time", Point::time),
            new Column("samples", Point::samples),
            new Column("rejected", Point::rejected),
            new Column("duplicates", Point::duplicates),
            new Column("series", Point::series),
            new Column("requests", Point::requests),
            new Column("failures", Point::failures),
            new Column("median", Point::median),
            new Column("p99", Point::p99));

    // JSON has no NaN; more digits than four places would only be noise on the wire.
    private static void write(JsonGenerator json, double value) throws IOException {
        if (Double.isNaN(value)) {
            json.writeNull();
        } else if (value == Math.rint(value)) {
            json.writeNumber((long) value);
        } else {
            json.writeNumber(Math.round(value * 10_000) / 10_000.0);
        }
    }
}
