/**
 * Runs a job again and again on a thread of its own, counts its runs and failures, and stops it. Knows no job.
 */
package io.promgres.schedule;
