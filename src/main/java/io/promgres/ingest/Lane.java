package io.promgres.ingest;

import io.promgres.model.DecodedWrite;
import java.util.stream.Stream;

/** The way to the database of one kind of what a request holds: samples of known series, new series, metadata and so on. */
interface Lane {

    /** Whether a request holds something for this lane. */
    boolean concerns(DecodedWrite write);

    /**
     * Takes what {@link #concerns} it; does not wait.
     *
     * @param pending the request: one of its parts ends when that is committed or refused
     */
    void accept(DecodedWrite write, PendingWrite pending);

    /** What works on it. */
    Stream<Worker<?>> workers();
}
