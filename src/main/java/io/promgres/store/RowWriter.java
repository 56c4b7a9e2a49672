package io.promgres.store;

import io.promgres.model.LandingRows;
import java.sql.SQLException;

/** Stores landing rows. One writer, one thread. */
public interface RowWriter {

    /**
     * Stores the rows. After it returns they are committed: each (series, time) once, the first value stays.
     *
     * @throws SealedException if rows belong to times that have been packed; nothing is stored
     * @throws SQLException if they are not stored, or it is not known whether they are: to write them again is right
     */
    void write(LandingRows rows) throws SQLException, SealedException;
}
