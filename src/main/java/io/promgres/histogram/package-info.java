/**
 * Native histograms: one in memory, its rules, its stored form and its protobuf message. Pure functions and buffers,
 * no database. Begin with {@link io.promgres.histogram.NativeHistogram} and {@link
 * io.promgres.histogram.HistogramBody}.
 */
package io.promgres.histogram;
