package io.promgres.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one turn took.
 *
 * @param samples written and committed (or decoded)
 * @param seconds from the first request to the last answer
 * @param clientCpu seconds of CPU of the daemon, or of whoever is there in its place
 * @param databaseCpu seconds of CPU of the server with all its processes
 * @param generatorCpu seconds of CPU of the load generator
 * @param walBytes of write-ahead log
 * @param diskBytes by which the database grew, indexes included
 * @param allocatedBytes that the daemon's threads allocated
 * @param p50 of the requests, milliseconds
 * @param p99 of the requests, milliseconds
 */
record Turn(
        long samples,
        double seconds,
        double clientCpu,
        double databaseCpu,
        double generatorCpu,
        long walBytes,
        long diskBytes,
        long allocatedBytes,
        double p50,
        double p99) {

    double rate() {
        return samples / seconds;
    }

    double perMillion(double amount) {
        return amount / samples * 1e6;
    }

    /** Seconds of CPU of the daemon, or of whoever is there in its place, and of the database. */
    double storingCpuPerMillion() {
        return perMillion(clientCpu + databaseCpu);
    }

    static double median(List<Turn> turns, ToDoubleFunction<Turn> figure) {
        return Quantiles.median(turns.stream().mapToDouble(figure).toArray());
    }
}
