/**
 * Applies the migrations of {@code resources/db} with Flyway, before any other part uses the database.
 * Called by {@code daemon}, {@code cli} and {@code backup}. Begin with {@link
 * io.promgres.schema.Migrations}.
 */
package io.promgres.schema;
