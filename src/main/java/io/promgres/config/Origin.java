package io.promgres.config;

/**
 * The text of a value and where it comes from.
 *
 * @param text as the user wrote it
 * @param where for messages: {@code promgres.yaml:12: listen}, {@code environment variable PROMGRES_LISTEN}
 */
record Origin(String text, String where) {}
