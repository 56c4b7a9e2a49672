package io.promgres.store;

import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import java.sql.SQLException;

/** Stores landing rows. One writer, one thread. */
public interface RowWriter {

    /**
     * Stores the rows. After it returns they are committed: each (series, time) once, the first value stays.
     *
     * @param known the epoch by which the rows' addresses are known
     * @return how many values differ from those that are stored of their series and time, as far as these are not packed
     * @throws RerouteException if the rows are not to be written as they are; nothing is stored
     * @throws SQLException if they are not stored, or it is not known whether they are: to write them again is right
     */
    long write(LandingRows rows, PlaceEpoch known) throws SQLException, RerouteException;
}
