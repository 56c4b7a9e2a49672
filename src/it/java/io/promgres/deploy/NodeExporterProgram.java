package io.promgres.deploy;

import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import io.promgres.testing.Sender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The installed node exporter. */
final class NodeExporterProgram {

    private NodeExporterProgram() {}

    /**
     * The names of the metrics that it shows.
     *
     * @param directory for its log
     */
    static Set<String> metricNames(Path directory) throws Exception {
        int port = Programs.freePort();
        Process exporter = Programs.start(
                directory.resolve("log"), "prometheus-node-exporter", "--web.listen-address=127.0.0.1:" + port);
        try {
            Sender client = new Sender("http://127.0.0.1:" + port);
            Await.until("the node exporter", () -> answers(client));
            return Stream.of(client.get("/metrics").body().split("\n"))
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]")[0])
                    .collect(Collectors.toSet());
        } finally {
            Programs.stop(exporter);
        }
    }

    private static boolean answers(Sender client) throws InterruptedException {
        try {
            return client.get("/metrics").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
