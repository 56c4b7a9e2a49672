/**
 * Every metric of the daemon itself, the scrape of them that it stores, and log lines that count
 * repetitions. Every part may report here; it calls no other part. Begin with {@link
 * io.promgres.observe.Metrics}.
 */
package io.promgres.observe;
