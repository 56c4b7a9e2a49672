package io.promgres.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * How long typical queries take while samples come in at half of the speed that the daemon reaches, and how long they take of
 * the same data as rows while rows come in. Both have hours of history, and nothing comes in at first.
 */
final class QueriesWhileIngesting implements Study {

    private final Options options;
    private final DatabaseServer server;
    private final QueriesReport report;

    QueriesWhileIngesting(Options options, DatabaseServer server, Map<String, Object> circumstances) {
        this.options = options;
        this.server = server;
        this.report = new QueriesReport(circumstances);
    }

    @Override
    public void measure(Workload workload, Protocol protocol, int series, Cleanup all) throws Exception {
        Load load = QueriedData.load(workload, protocol, series);
        double fastest = options.rate() > 0 ? 0 : fastest(load, all);
        double rate = options.rate() > 0 ? options.rate() : fastest / 2;
        try (Cleanup cleanup = all.add(new Cleanup())) {
            History history = QueriedData.history(load);
            DaemonUnderLoad subject = new DaemonUnderLoad(options, server, load, history, cleanup);
            QueriedData data = new QueriedData(subject, history, cleanup);
            QueriedPhase promgres = data.askWhileTheDaemonTakes(rate);
            subject.verify();
            QueriedPhase rows = data.askWhileRowsAreCopied(rate);
            report.add(load, fastest, rate, promgres, rows);
        }
    }

    /** Samples a second that a daemon takes at most, on a database that goes again. */
    private double fastest(Load load, Cleanup all) throws Exception {
        try (Cleanup cleanup = all.add(new Cleanup())) {
            DaemonUnderLoad subject = new DaemonUnderLoad(options, server, load, History.ofDays(0, load), cleanup);
            subject.first();
            subject.measured().send(options.warmUp(), 0);
            return subject.measured().send(options.seconds(), 0).rate();
        }
    }

    @Override
    public String markdown() {
        return report.markdown();
    }

    @Override
    public void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("queries.md"), markdown());
    }
}
