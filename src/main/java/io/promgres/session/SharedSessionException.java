package io.promgres.session;

import java.sql.SQLException;

/** A pooler hands sessions of the database from one client to another after each transaction. The message is for the user. */
public final class SharedSessionException extends SQLException {

    SharedSessionException() {
        super(
                "between promgres and the database is a pooler that shares sessions (PgBouncer with pool_mode = transaction"
                        + " or statement), but promgres needs sessions of its own, for their settings, temporary tables and the"
                        + " leader's lock: name PostgreSQL itself in the URI, or a pool with pool_mode = session",
                SqlState.FEATURE_NOT_SUPPORTED);
    }
}
