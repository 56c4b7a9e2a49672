package io.promgres.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One workload, one protocol, one number of series, on a database and a daemon of its own. The daemon and the yardsticks take
 * turns, so that what else the machine does meets all of them.
 */
final class Run {

    private final Options options;
    private final DaemonUnderLoad subject;
    private final Cleanup cleanup;
    private final List<Yardstick> yardsticks = new ArrayList<>();
    private final List<List<Turn>> turnsOfYardsticks = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();

    private Run(DaemonUnderLoad subject, Cleanup cleanup) {
        this.options = subject.options();
        this.subject = subject;
        this.cleanup = cleanup;
    }

    /** Measures, and leaves nothing of it behind. */
    static List<Result> of(
            Options options, DatabaseServer server, Workload workload, Protocol protocol, int series, Cleanup all)
            throws Exception {
        try (Cleanup cleanup = all.add(new Cleanup())) {
            int interval = Timeline.intervalFor(workload.population(series).size());
            Load load = new Load(workload, protocol, series, new Timeline(DaemonUnderLoad.begin(), interval));
            History history = History.ofDays(options.stored(), load);
            return new Run(new DaemonUnderLoad(options, server, load, history, cleanup), cleanup).run();
        }
    }

    private List<Result> run() throws Exception {
        Load load = subject.load();
        GeneratorProcess.Sent first = subject.first();
        Population population = load.workload().population(load.series());
        addYardstick(new RawRows(subject.database(), population, load.timeline()));
        addYardstick(new RowsPerMetric(subject.database(), population, load.timeline()));
        addYardstick(new DecoderAlone(load));
        takeTurns();
        Result result = Result.of(load, "promgres", turns, turnsOfYardsticks.get(0), turnsOfYardsticks.get(1));
        // The latency is the daemon's, not that of a disk that still has the yardsticks to write.
        subject.server().settle();
        double half = Turn.median(turns, Turn::rate) / 2;
        result.once()
                .put(
                        "p99AtHalf",
                        subject.measured().send(options.seconds(), half).p99());
        result.once().put("newSeriesPerSecond", first.rate());
        result.once().put("residentBytes", (double) subject.daemon().residentBytes());
        result.once().put("liveHeapBytes", (double) subject.daemon().liveBytes());
        subject.verify();
        subject.stop();
        if (options.packing()) {
            new PackingRun(subject).measure(result.once(), subject.generator().acknowledged());
        }
        result.once().put("restartSeconds", subject.restart());
        return results(load, result);
    }

    private void addYardstick(Yardstick yardstick) {
        yardsticks.add(cleanup.add(yardstick));
        turnsOfYardsticks.add(new ArrayList<>());
    }

    /** The first round warms up and is not counted: the daemon for so long that its JVM has compiled what is hot. */
    private void takeTurns() throws Exception {
        for (int round = 0; round <= options.rounds(); round++) {
            Turn turn = subject.measured().send(round == 0 ? options.warmUp() : options.seconds(), 0);
            if (round > 0) {
                turns.add(turn);
            }
            for (int i = 0; i < yardsticks.size(); i++) {
                Turn ofYardstick = subject.measured().run(yardsticks.get(i), options.seconds());
                if (round > 0) {
                    turnsOfYardsticks.get(i).add(ofYardstick);
                }
            }
        }
    }

    private List<Result> results(Load load, Result daemon) {
        List<Result> results = new ArrayList<>(List.of(daemon));
        for (int i = 0; i < yardsticks.size(); i++) {
            results.add(Result.of(
                    load,
                    yardsticks.get(i).name(),
                    turnsOfYardsticks.get(i),
                    turnsOfYardsticks.get(0),
                    turnsOfYardsticks.get(1)));
        }
        return results;
    }
}
