package io.promgres.bench;

import java.io.IOException;
import java.nio.file.Path;

/** Something to find out about each load: measures one after the other, and reports on all of them. */
interface Study {

    /**
     * Measures, and leaves nothing of it behind.
     *
     * @param series number of series; a workload whose number is fixed takes no notice
     * @param all has what is under way, should the benchmark be interrupted
     */
    void measure(Workload workload, Protocol protocol, int series, Cleanup all) throws Exception;

    /** The report of what has been measured so far. */
    String markdown();

    /** Writes the report into a directory, in place of an earlier one. */
    void write(Path directory) throws IOException;
}
