package io.promgres.promql.sql;

/**
 * A number in SQL.
 *
 * @param sql with {@link #TIME} in place of the time that it is for
 * @param constant whether it is the same at all times
 */
record ScalarSql(String sql, boolean constant) {

    static final String TIME = "$time$";

    /** @param time SQL of the time that it is for */
    String at(String time) {
        return sql.replace(TIME, time);
    }
}
