package io.promgres.session;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/** Which servers promgres works with. */
final class ServerVersion {

    private static final int OLDEST = 15;

    private ServerVersion() {}

    /** @throws SQLException the server is too old; it has said so at the start of the session, so that nothing is asked */
    static void refuseOld(Connection session) throws SQLException {
        DatabaseMetaData server = session.getMetaData();
        if (server.getDatabaseMajorVersion() < OLDEST) {
            throw new SQLException(
                    "the server is PostgreSQL " + server.getDatabaseProductVersion()
                            + ", but promgres needs PostgreSQL " + OLDEST
                            + " to 18: upgrade it, or name another server in db (PROMGRES_DB)",
                    SqlState.FEATURE_NOT_SUPPORTED);
        }
    }
}
