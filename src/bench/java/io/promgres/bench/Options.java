package io.promgres.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to measure.
 *
 * @param directory for the results, and for what is deleted at the end
 * @param series numbers of series, one run for each
 * @param rounds how often everything takes its turn
 * @param seconds how long a turn takes
 * @param warmUp how long the daemon's first turn takes, seconds
 * @param stored days of history that the database has at the begin
 * @param compare settings that a second daemon has beside these; not empty to compare the two
 * @param rate samples a second that are sent in a comparison, or while queries run; 0 for as many as possible, or half of them
 * @param queries whether to measure queries while samples come in, and nothing else
 * @param packing whether to pack what has landed, and measure that
 */
record Options(
        DaemonOptions daemon,
        Path directory,
        List<Workload> workloads,
        List<Integer> series,
        List<Protocol> protocols,
        int rounds,
        double seconds,
        double warmUp,
        int stored,
        Map<String, String> compare,
        double rate,
        boolean queries,
        boolean packing) {

    /** The same with some of the daemon's settings changed. */
    Options with(Map<String, String> changed) {
        return new Options(
                daemon.with(changed),
                directory,
                workloads,
                series,
                protocols,
                rounds,
                seconds,
                warmUp,
                stored,
                compare,
                rate,
                queries,
                packing);
    }
}
