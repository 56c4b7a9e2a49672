package io.promgres.perftest;

/**
 * How rows are inserted.
 *
 * @param ignoreDuplicates whether rows whose key is there already are left out, instead of being an error
 * @param returnRows whether the inserted rows are asked for
 */
public record Options(boolean ignoreDuplicates, boolean returnRows) {}
