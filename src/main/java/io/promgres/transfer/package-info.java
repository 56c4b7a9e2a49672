/**
 * Brings history in from another Prometheus and gives it away as text: what import
 * and export do. Called by {@code cli}. Begin with {@link
 * io.promgres.transfer.Import}.
 */
package io.promgres.transfer;
