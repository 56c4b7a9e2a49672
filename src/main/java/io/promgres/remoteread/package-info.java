/**
 * Reads stored samples for remote read: from matchers to series, from series to their samples in order, as a stream that is
 * bounded in memory.
 */
package io.promgres.remoteread;
