package io.promgres.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Hours of samples in a daemon's database, packed, and of two metrics as rows; and who asks for them. What comes in while
 * queries run goes on where the history ends, at the begin of a block that is open.
 */
final class QueriedData {

    /** For 100,000 series and more, seven hours of minutes: as long as the queries look back, and more. */
    private static final int SCRAPES_OF_HISTORY = 420;

    private static final int USUAL_INTERVALS = 4;
    private static final long HISTORY_MILLIS = 8 * 3_600_000L;
    private static final long FIRST = SCRAPES_OF_HISTORY + 1;

    private final DaemonUnderLoad subject;
    private final Cleanup cleanup;
    private final Options options;
    private final Timeline timeline;
    private final Population population;
    private final String oneOnEachTarget;
    private final String widest;
    private final int seriesOfWidest;

    QueriedData(DaemonUnderLoad subject, History history, Cleanup cleanup) {
        this.subject = subject;
        this.cleanup = cleanup;
        this.options = subject.options();
        this.timeline = history.timeline();
        this.population = subject.load().workload().population(subject.load().series());
        Map<String, Long> sizes = population.series().stream()
                .collect(Collectors.groupingBy(Series::metric, LinkedHashMap::new, Collectors.counting()));
        this.widest = sizes.entrySet().stream()
                .max(Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        this.seriesOfWidest = sizes.get(widest).intValue();
        this.oneOnEachTarget = sizes.entrySet().stream()
                .min(Comparator.comparingLong(size -> Math.abs(size.getValue() - population.targets())))
                .orElseThrow()
                .getKey();
    }

    /** A load that begins where a block does; with longer intervals than usual, so that hours of it are soon sent. */
    static Load load(Workload workload, Protocol protocol, int series) {
        int usual = Timeline.intervalFor(workload.population(series).size());
        long begin = DaemonUnderLoad.begin() + HISTORY_MILLIS;
        return new Load(workload, protocol, series, new Timeline(begin, usual * USUAL_INTERVALS));
    }

    /** The hours before such a load. */
    static History history(Load load) {
        int interval = load.timeline().interval();
        long begin = load.timeline().begin() - (long) SCRAPES_OF_HISTORY * interval;
        return new History(new Timeline(begin, interval), SCRAPES_OF_HISTORY);
    }

    /** @param rate samples a second that are sent meanwhile */
    QueriedPhase askWhileTheDaemonTakes(double rate) throws Exception {
        subject.first();
        settle();
        try (QueryLoop queries = new QueryLoop(subject.database(), packedForm())) {
            Map<String, List<Double>> atRest = queries.times(options.rounds(), present(FIRST));
            long begin = System.nanoTime();
            CompletableFuture<List<Turn>> sent = start(() -> send(rate, queries));
            Map<String, List<Double>> busy = queries.timesWhile(sent, () -> {
                double scrapes = (System.nanoTime() - begin) / 1e9 * rate / population.size();
                return present(FIRST + (long) scrapes);
            });
            checkThatItIsPast(SCRAPES_OF_HISTORY + subject.generator().acknowledged() / population.size());
            List<Turn> turns = sent.join();
            return new QueriedPhase(
                    atRest,
                    busy,
                    Turn.median(turns, Turn::rate),
                    Turn.median(turns, Turn::p50),
                    Turn.median(turns, Turn::p99));
        }
    }

    /** All turns, and more as long as a query has not been asked. */
    private List<Turn> send(double rate, QueryLoop queries) throws Exception {
        List<Turn> turns = new ArrayList<>();
        while (turns.size() < options.rounds() || !queries.wentRound()) {
            turns.add(subject.measured().send(options.seconds(), rate));
        }
        return turns;
    }

    /** @param rate samples a second that are copied meanwhile, if the database takes as many */
    QueriedPhase askWhileRowsAreCopied(double rate) throws Exception {
        subject.stop();
        RowsPerMetric rows = cleanup.add(new RowsPerMetric(subject.database(), population, timeline));
        for (String metric : new LinkedHashSet<>(List.of(oneOnEachTarget, widest))) {
            rows.fill(metric, SCRAPES_OF_HISTORY);
        }
        execute("CREATE TABLE yardstick.series AS SELECT DISTINCT series_id FROM " + rows.table(widest));
        settle();
        PacedRows paced = new PacedRows(rows);
        try (QueryLoop queries = new QueryLoop(subject.database(), formOf(rows))) {
            Map<String, List<Double>> atRest = queries.times(options.rounds(), present(SCRAPES_OF_HISTORY));
            CompletableFuture<Double> taken =
                    start(() -> paced.run(options.rounds() * options.seconds(), rate, () -> !queries.wentRound()));
            Map<String, List<Double>> busy =
                    queries.timesWhile(taken, () -> present(SCRAPES_OF_HISTORY + paced.scrapes()));
            return new QueriedPhase(atRest, busy, taken.join(), 0, 0);
        }
    }

    private QueriedForm packedForm() throws SQLException {
        return new QueriedForm(
                "prom_metric.\"" + oneOnEachTarget + "\"",
                DatabaseServer.number(
                        subject.connection(), "SELECT min(series_id) FROM prom_series.\"" + oneOnEachTarget + "\""),
                middle(),
                "SELECT * FROM prom_latest.\"" + widest + "\"",
                lastValuesName());
    }

    private QueriedForm formOf(RowsPerMetric rows) throws SQLException {
        String relation = rows.table(oneOnEachTarget);
        // A descent of the index for each series: the fastest way there is, and nobody asks for labels.
        String lastValues =
                "SELECT s.series_id, l.time, l.value FROM yardstick.series s, LATERAL (SELECT r.time, r.value FROM "
                        + rows.table(widest) + " r WHERE r.series_id = s.series_id ORDER BY r.time DESC LIMIT 1) l";
        return new QueriedForm(
                relation,
                DatabaseServer.number(subject.connection(), "SELECT min(series_id) FROM " + relation),
                middle(),
                lastValues,
                lastValuesName());
    }

    private String lastValuesName() {
        return String.format(Locale.ROOT, "last value of each of %,d series", seriesOfWidest);
    }

    private Instant middle() {
        return Instant.ofEpochMilli(present(SCRAPES_OF_HISTORY / 2));
    }

    /** The time behind so many scrapes, milliseconds since the epoch. */
    private long present(long scrapes) {
        return timeline.begin() + scrapes * timeline.interval();
    }

    private void checkThatItIsPast(long scrapes) throws IOException {
        if (present(scrapes) > System.currentTimeMillis()) {
            throw new IOException("the data has come to the present: fewer rounds or seconds, or more series");
        }
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> CompletableFuture<T> start(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(work.run());
                    } catch (Exception e) {
                        done.completeExceptionally(e);
                    }
                },
                "ingest");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** Has the planner know the data, and all of it on the disk. */
    private void settle() throws SQLException {
        execute("VACUUM ANALYZE");
        subject.server().settle();
    }

    private void execute(String sql) throws SQLException {
        Connection connection = subject.connection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
