/**
 * What the status page shows: figures of the daemon, and bounded, shared queries on the database. Everything is made
 * into whole resources of bytes here, so that many viewers cost what one does. Called by {@code daemon}. Begin with
 * {@link io.promgres.status.StatusEndpoint}.
 */
package io.promgres.status;
