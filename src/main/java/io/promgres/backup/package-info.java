/**
 * The whole database as one file: every row of promgres' tables as one snapshot sees them, in the binary form of
 * COPY, and back into an empty database, whose schema the migrations have made. Called by {@code cli}. Begin with
 * {@link io.promgres.backup.Backup}.
 */
package io.promgres.backup;
