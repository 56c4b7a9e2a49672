package io.promgres.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import io.promgres.http.Resource;
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
 * The last half hour of this daemon's remote write, read off its counters in equal intervals, as means over a minute; no
 * database is asked.
 * {@link #tick} is for one thread, {@link #latest} for any.
 */
public final class LiveFigures {

    /** Between two ticks. */
    public static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final int MOST_POINTS = 360;
    // Of intervals: a minute, so that scrapes every 15 or 30 seconds do not make a saw of the line.
    private static final int MEAN_OVER = 12;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final JsonFactory JSON = new JsonFactory();

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

    private final MeterRegistry registry;
    private final String version;
    private final InstantSource clock;
    private final DaemonState state;
    private final long startedAt;
    private final Deque<Point> points = new ArrayDeque<>();
    private final Deque<Reading> readings = new ArrayDeque<>();
    private volatile Resource latest;

    private record Reading(Totals totals, long nanos) {}

    /**
     * @param version of this build
     * @param state what is said beside the counters
     */
    public LiveFigures(MeterRegistry registry, String version, InstantSource clock, DaemonState state) {
        this(registry, version, clock, state, System.nanoTime());
    }

    LiveFigures(MeterRegistry registry, String version, InstantSource clock, DaemonState state, long nanos) {
        this.registry = registry;
        this.version = version;
        this.clock = clock;
        this.state = state;
        this.startedAt = clock.millis();
        this.readings.add(new Reading(Totals.read(registry), nanos));
        this.latest = Resource.json(json());
    }

    /** Reads the counters. */
    public void tick() {
        tick(System.nanoTime());
    }

    /** @param nanos of a clock that only grows, later than at the last tick */
    void tick(long nanos) {
        Reading before = readings.getFirst();
        Reading now = new Reading(Totals.read(registry), nanos);
        Duration passed = Duration.ofNanos(nanos - before.nanos());
        // A scheduler's first tick comes at once.
        if (passed.compareTo(SHORTEST) < 0) {
            return;
        }
        points.addLast(Point.between(before.totals(), now.totals(), clock.millis(), passed));
        if (points.size() > MOST_POINTS) {
            points.removeFirst();
        }
        readings.addLast(now);
        if (readings.size() > MEAN_OVER) {
            readings.removeFirst();
        }
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
            state.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

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
