/**
 * Applies the migrations of {@code resources/db} with Flyway, before any other part uses the database.
 */
package io.promgres.schema;
