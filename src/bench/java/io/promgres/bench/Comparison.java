package io.promgres.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Two daemons on databases of their own that differ in settings. The load goes to one and to the other in short turns, A B B A
 * and so on, so that what else the machine does meets both; a turn's CPU counts until the daemon and the database have come
 * to rest, so that what is done afterwards is its own.
 */
final class Comparison implements Study {

    private final Options options;
    private final DatabaseServer server;
    private final ComparisonReport report;

    Comparison(Options options, DatabaseServer server, Map<String, Object> circumstances) {
        this.options = options;
        this.server = server;
        this.report = new ComparisonReport(circumstances);
    }

    @Override
    public void measure(Workload workload, Protocol protocol, int series, Cleanup all) throws Exception {
        try (Cleanup cleanup = all.add(new Cleanup())) {
            int interval = Timeline.intervalFor(workload.population(series).size());
            Load load = new Load(workload, protocol, series, new Timeline(DaemonUnderLoad.begin(), interval));
            History history = History.ofDays(options.stored(), load);
            Options changed = options.with(options.compare());
            DaemonUnderLoad as = new DaemonUnderLoad(options, server, load, history, cleanup);
            DaemonUnderLoad with = new DaemonUnderLoad(changed, server, load, history, cleanup);
            for (DaemonUnderLoad each : List.of(as, with)) {
                each.first();
                each.measured().sendAndRest(options.warmUp(), options.rate());
            }
            ComparedTurns turns = new ComparedTurns(load);
            for (int pair = 0; pair < options.rounds(); pair++) {
                takeTurns(pair % 2 == 0, as, with, turns);
            }
            as.verify();
            with.verify();
            report.add(turns);
        }
    }

    private void takeTurns(boolean inOrder, DaemonUnderLoad as, DaemonUnderLoad with, ComparedTurns turns)
            throws Exception {
        Turn first = turn(inOrder ? as : with);
        Turn second = turn(inOrder ? with : as);
        turns.add(inOrder ? first : second, inOrder ? second : first);
    }

    private Turn turn(DaemonUnderLoad subject) throws Exception {
        return subject.measured().sendAndRest(options.seconds(), options.rate());
    }

    @Override
    public String markdown() {
        return report.markdown();
    }

    @Override
    public void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("comparison.md"), markdown());
    }
}
