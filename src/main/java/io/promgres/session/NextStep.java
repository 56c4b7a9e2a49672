package io.promgres.session;

import io.promgres.config.DatabaseUri;
import java.sql.SQLException;

/** What an operator does about a session that does not begin. */
public final class NextStep {

    private NextStep() {}

    /** The reason as {@link SessionFailure#reason} says it, and where there is one the next step. */
    public static String after(Throwable failure, DatabaseUri uri) {
        String reason = SessionFailure.reason(failure);
        String step = step(state(failure), reason, uri);
        return step.isEmpty() ? reason : reason.replaceFirst("\\.$", "") + "; " + step;
    }

    /** The SQLSTATE that is nearest to the cause; empty if there is none. */
    static String state(Throwable failure) {
        String state = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        return state;
    }

    private static String step(String state, String reason, DatabaseUri uri) {
        String role = quoted(uri.user());
        return switch (state) {
            case SqlState.INVALID_PASSWORD ->
                "see that the URI in db (PROMGRES_DB) has the password, or set it: ALTER ROLE " + role
                        + " PASSWORD '...'";
            case SqlState.INVALID_AUTHORIZATION ->
                reason.contains("pg_hba.conf")
                        ? "add a line for it to pg_hba.conf of the server, and have it reload"
                        : "make the role: CREATE ROLE " + role + " LOGIN PASSWORD '...'";
            case SqlState.INVALID_CATALOG_NAME ->
                "make it: CREATE DATABASE " + quoted(uri.database()) + " OWNER " + role
                        + " ENCODING 'UTF8' TEMPLATE template0";
            case SqlState.CONNECTION_REJECTED -> rejected(reason);
            default -> "";
        };
    }

    /** What the driver says for itself, when it and the server do not come together. */
    private static String rejected(String reason) {
        if (reason.contains("password")) {
            return "write it into the URI in db (PROMGRES_DB): postgresql://USER:PASSWORD@HOST:PORT/DATABASE";
        }
        if (reason.contains("HTTP")) {
            return "it is the port of a web server, such as a Prometheus or promgres itself: name that of PostgreSQL, 5432 by"
                    + " default, in db (PROMGRES_DB)";
        }
        if (reason.contains("SSL")) {
            return "set ssl = on in the server's postgresql.conf, or sslmode=prefer in the URI in db (PROMGRES_DB)";
        }
        return "see that the URI in db (PROMGRES_DB) has what the server asks for";
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
