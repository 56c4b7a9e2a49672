package io.promgres.bench.parts;

import java.sql.SQLException;

/** A way to write the samples of a {@link Fleet}. A yardstick is a workload too. */
interface WriteWorkload {

    /** What stands in the result table. */
    String name();

    /** Empties the tables, and stores what has to be there first. Not measured. */
    void prepare(int scrapes) throws SQLException;

    /**
     * Writes and commits a flush.
     *
     * @param scrape from 0
     * @return how many samples were in it
     */
    int flush(int scrape) throws SQLException;
}
