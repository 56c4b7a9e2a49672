/**
 * Remote write 1.0 and 2.0: from the bytes of a request to samples with the addresses of their series, and to the
 * answer. A request enters at {@link io.promgres.remotewrite.WriteEndpoint}; a decoder of its protocol fills a {@code
 * SeriesBuffer} with each series, which knows no rules; a {@code SeriesCollector}, which knows no protocol, takes it;
 * {@code ingest} stores it. Begin with {@link io.promgres.remotewrite.RemoteWriteReceiver}.
 */
package io.promgres.remotewrite;
