package io.promgres.perftest;

import io.promgres.store.SqlErrors;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What the database says of a request, as clients are told. */
final class DatabaseErrors {

    private static final String CONNECTION_EXCEPTION = "08000";

    private DatabaseErrors() {}

    static ApiException of(SQLException e) {
        return new ApiException(kind(e), error(e), e);
    }

    private static ApiException.Kind kind(SQLException e) {
        return switch (SqlErrors.of(e)) {
            case DUPLICATE, NO_REFERENCE -> ApiException.Kind.CONFLICT;
            case REFUSED -> ApiException.Kind.UNFIT;
            case UNAVAILABLE, CONTENTION, NO_RELATION, SEALED -> ApiException.Kind.UNAVAILABLE;
        };
    }

    private static ApiError error(SQLException e) {
        String code = e.getSQLState() == null ? CONNECTION_EXCEPTION : e.getSQLState();
        ServerErrorMessage server = e instanceof PSQLException own ? own.getServerErrorMessage() : null;
        return server == null
                ? new ApiError(code, e.getMessage())
                : new ApiError(code, server.getMessage(), server.getDetail(), server.getHint());
    }
}
