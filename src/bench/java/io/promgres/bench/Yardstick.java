package io.promgres.bench;

/** Something that does a part of the work on the same data, to compare with. */
interface Yardstick extends AutoCloseable {

    /** What it is, for the table. */
    String name();

    /** Whether it writes to the database. */
    boolean stores();

    /** Makes it ready for a round. */
    void prepare() throws Exception;

    /** Does a piece of work; the number of samples. */
    long run() throws Exception;

    @Override
    void close() throws Exception;
}
