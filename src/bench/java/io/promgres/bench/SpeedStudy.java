package io.promgres.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** How fast the daemon is, and what it takes, beside the yardsticks. */
final class SpeedStudy implements Study {

    private final Options options;
    private final DatabaseServer server;
    private final Report report;

    SpeedStudy(Options options, DatabaseServer server, Map<String, Object> circumstances) {
        this.options = options;
        this.server = server;
        this.report = new Report(circumstances);
    }

    @Override
    public void measure(Workload workload, Protocol protocol, int series, Cleanup all) throws Exception {
        report.add(Run.of(options, server, workload, protocol, series, all));
    }

    @Override
    public String markdown() {
        return report.markdown();
    }

    @Override
    public void write(Path directory) throws IOException {
        report.write(directory);
    }
}
