/**
 * Reads stored samples for remote read: from matchers to series, from series to their samples in order, as a stream
 * that is bounded in memory. Called by {@code daemon}, {@code query} and {@code transfer}. Begin with {@link
 * io.promgres.remoteread.RemoteReadEndpoint}.
 */
package io.promgres.remoteread;
