/**
 * High availability pairs: which replica of a cluster of Prometheus servers is stored. {@link
 * io.promgres.replica.Leases} asks the database, and remembers; {@code remotewrite} asks it for each series that
 * names a replica. Begin with {@link io.promgres.replica.Leases}.
 */
package io.promgres.replica;
