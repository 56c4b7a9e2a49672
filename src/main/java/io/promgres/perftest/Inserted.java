package io.promgres.perftest;

/**
 * What has been inserted.
 *
 * @param rows how many
 * @param json the rows that were asked for, in the form that was asked for; empty if none were
 */
record Inserted(long rows, byte[] json) {}
