package io.promgres.session;

import java.io.FileNotFoundException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.List;

/** Says why there is no session: what the database said, or what is wrong on the way to it. */
public final class SessionFailure {

    private static final List<String> PASSING = List.of(
            SqlState.CONNECTION_EXCEPTION,
            SqlState.INSUFFICIENT_RESOURCES,
            SqlState.OPERATOR_INTERVENTION,
            SqlState.SYSTEM_ERROR,
            SqlState.READ_ONLY_SQL_TRANSACTION,
            SqlState.TRANSACTION_ROLLBACK,
            SqlState.LOCK_NOT_AVAILABLE);

    private SessionFailure() {}

    /** What the innermost failure of the database says, and below it that of the network, of TLS or of a file. */
    public static String reason(Throwable failure) {
        SQLException said = null;
        Throwable innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            said = cause instanceof SQLException database ? database : said;
            innermost = cause;
        }
        if (said == null) {
            return text(innermost);
        }
        String reason = said.getMessage();
        String below = text(innermost);
        return innermost == said || reason.contains(below) ? reason : reason + " " + below;
    }

    /** The same failure with the reason for its message. */
    public static SQLException named(SQLException failure) {
        return new SQLException(reason(failure), failure.getSQLState(), failure);
    }

    /**
     * Whether the same may succeed later: the server is away, starts, stops, is full or read-only. A wrong password, a database
     * that is not there, a wrong certificate stay.
     */
    public static boolean mayPass(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException
                    || cause instanceof NoSuchFileException
                    || cause instanceof FileNotFoundException) {
                return false;
            }
        }
        String state = NextStep.state(failure);
        return !state.equals(SqlState.CONNECTION_REJECTED) && PASSING.stream().anyMatch(state::startsWith);
    }

    private static String text(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "no such host: " + cause.getMessage();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
