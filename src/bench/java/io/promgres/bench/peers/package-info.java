/**
 * promgres beside Prometheus and VictoriaMetrics on the same machine and the same data: scrapes of a real node exporter, played
 * back for many hosts. Begin reading at {@link io.promgres.bench.peers.PeersBenchmark}.
 */
package io.promgres.bench.peers;
