/**
 * The configuration: immutable records, and the only reader of the environment and of system properties.  <p>A key is
 * declared once, as a component of a record in {@link io.promgres.config.Config} with a {@link
 * io.promgres.config.Setting}. Its place in the file, its environment variable, its command line option, its limits
 * and its lines in {@code config/promgres.yaml} follow from that. Begin with {@link io.promgres.config.ConfigLoader}.
 */
package io.promgres.config;
