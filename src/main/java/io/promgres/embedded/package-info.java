/**
 * The PostgreSQL that is started when no database is named: unpacked, initialised, run as an unprivileged user,
 * stopped.  <p>Layout of its directory: {@code lock} (held by the daemon), {@code database.uri} (how to connect, the
 * only copy of the password), {@code cluster} (PostgreSQL's data directory, its log in {@code cluster/log}), {@code
 * binaries-…} (the unpacked programs), {@code postgres.log} (what the last start said). Begin with {@link
 * io.promgres.embedded.EmbeddedPostgres}.
 */
package io.promgres.embedded;
