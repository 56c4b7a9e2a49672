/**
 * Runs a job again and again on a thread of its own, counts its runs and failures, and stops
 * it. Knows no job. Called by {@code daemon}. Begin with {@link
 * io.promgres.schedule.Scheduler}.
 */
package io.promgres.schedule;
