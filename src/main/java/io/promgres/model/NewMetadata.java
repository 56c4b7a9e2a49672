package io.promgres.model;

/**
 * Metadata that the decoder did not know.
 *
 * @param key the bytes by which it is recognised, a copy: what {@link MetadataIndex#isKnown} will be asked for
 */
public record NewMetadata(byte[] key, MetricMetadata metadata) {}
