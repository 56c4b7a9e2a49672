/**
 * Energy and carbon: rules choose series, flushes note which buckets of which rules they touch, and a projector
 * computes those buckets of {@code energy.fact_usage} again from the stored samples. The computing is SQL, in {@code
 * resources/db/energy}; choosing series and reading their labels is done here. Called by {@code daemon} and {@code
 * cli}. Begin with {@link io.promgres.energy.Energy}.
 */
package io.promgres.energy;
