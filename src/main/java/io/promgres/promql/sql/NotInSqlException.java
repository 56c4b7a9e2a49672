package io.promgres.promql.sql;

import io.promgres.promql.syntax.Expr;

/** A part of an expression that cannot be said in SQL; the message names it and its position. */
public final class NotInSqlException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Expr part;

    /** @param what it is, as in: a subquery */
    NotInSqlException(Expr part, String what) {
        super(what);
        this.part = part;
    }

    /** The message with the position of the part in the query. */
    String in(String query) {
        return part.position().in(query) + ": cannot be said in SQL: " + getMessage();
    }

    /** With the position in the query. */
    NotInSqlException(String query, NotInSqlException cause) {
        super(cause.in(query), cause);
        this.part = cause.part;
    }
}
