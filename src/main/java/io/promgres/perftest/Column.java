package io.promgres.perftest;

/**
 * A column of a table of results. Name and type are constants of {@link Table}, so both may stand in SQL as they are.
 *
 * @param type in SQL; what a filter's text is converted to
 */
record Column(String name, String type) {

    /** The name in SQL. */
    String quoted() {
        return '"' + name + '"';
    }
}
