package io.promgres.transfer;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows how far it is: a bar that is drawn again and again on a terminal, elsewhere a line now and then. */
public final class Progress implements Retries.Report {

    private static final int BAR = 24;
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanos;
    private Instant start;
    private Instant end;
    private Instant resumed;
    private long begun;
    private long shown;

    /**
     * @param terminal whether out is one
     * @param nanos the clock, such as {@link System#nanoTime}
     */
    public Progress(PrintWriter out, boolean terminal, LongSupplier nanos) {
        this.out = out;
        this.terminal = terminal;
        this.nanos = nanos;
    }

    /** @param from where it begins now; after start if a part has been done before */
    void begin(Instant start, Instant end, Instant from) {
        this.start = start;
        this.end = end;
        resumed = from;
        begun = nanos.getAsLong();
        shown = begun;
        if (from.isAfter(start)) {
            out.println("Goes on at " + from + "; what is before was done by an earlier run.");
        }
        out.flush();
    }

    /** @param histograms native ones; they are named where there are some */
    void reached(Instant now, long samples, long histograms) {
        long time = nanos.getAsLong();
        if (terminal) {
            out.print(CLEAR_LINE + bar(now) + text(now, samples, histograms, time));
        } else if (time - shown >= LINE_NANOS) {
            out.println(text(now, samples, histograms, time));
            shown = time;
        }
        out.flush();
    }

    @Override
    public void waits(String failure, Duration wait) {
        out.println((terminal ? CLEAR_LINE : "") + failure + "; tried again in " + wait.toMillis() / 1000.0 + " s");
        out.flush();
    }

    void end() {
        out.print(terminal ? CLEAR_LINE : "");
        out.flush();
    }

    private double share(Instant from, Instant to) {
        double whole = ChronoUnit.MILLIS.between(from, end);
        return whole <= 0 ? 1 : ChronoUnit.MILLIS.between(from, to) / whole;
    }

    private String bar(Instant now) {
        int full = (int) (share(start, now) * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] ";
    }

    private String text(Instant now, long samples, long histograms, long time) {
        double seconds = Math.max((time - begun) / 1e9, 1e-3);
        double done = share(resumed, now);
        String rest = done > 0 && done < 1 ? ", " + duration(seconds * (1 - done) / done) + " to go" : "";
        return String.format(
                Locale.ROOT,
                "%3.0f %%, up to %s, %,d samples%s, %,.0f/s%s",
                share(start, now) * 100,
                now.truncatedTo(ChronoUnit.SECONDS),
                samples,
                histograms == 0 ? "" : String.format(Locale.ROOT, ", %,d histograms", histograms),
                (samples + histograms) / seconds,
                rest);
    }

    private static String duration(double seconds) {
        long all = Math.round(seconds);
        return all < 120 ? all + " s" : all < 7200 ? all / 60 + " min" : all / 3600 + " h";
    }
}
