package io.promgres.session;

import java.net.UnknownHostException;
import java.sql.SQLException;

/** Says why there is no session: what the database said, or what is wrong on the way to it. */
public final class SessionFailure {

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

    private static String text(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "no such host: " + cause.getMessage();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
