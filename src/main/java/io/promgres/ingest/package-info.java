/**
 * From decoded requests to committed samples: queues, the interner of new series, the flushers, and writers of what
 * comes beside samples. {@code remotewrite} submits to {@link io.promgres.ingest.Ingest}; {@code store} does the SQL.
 * Begin with {@link io.promgres.ingest.Ingest}.
 */
package io.promgres.ingest;
