/**
 * What one daemon at a time does for the whole database: it leads, packs closed blocks and deletes what
 * is past its retention. Begin with {@link io.promgres.maintenance.Maintenance}; {@code daemon} schedules
 * it.
 */
package io.promgres.maintenance;
