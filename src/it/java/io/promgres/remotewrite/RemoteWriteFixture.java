package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.compress;

import io.promgres.remoteread.StartedPromgres;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A daemon on a fresh database, to which both messages of remote write are sent. */
abstract class RemoteWriteFixture {

    static final String V1 = "application/x-protobuf";
    static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    static StartedPromgres promgres;

    final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() throws Exception {
        promgres = new StartedPromgres(Map.of());
    }

    @AfterAll
    static void stop() {
        promgres.close();
    }

    static HttpResponse<byte[]> send(String contentType, byte[] message) throws Exception {
        return promgres.post("/api/v1/write", contentType, compress(message));
    }

    /** Start and first time of each start of a metric, in milliseconds from now. */
    List<String> starts(String metric) throws Exception {
        return promgres.query(("SELECT round(extract(epoch FROM start_time) * 1000) - %1$d,"
                        + " round(extract(epoch FROM first_time) * 1000) - %1$d"
                        + " FROM prom_info.series_start WHERE metric_name = '%2$s' ORDER BY start_time")
                .formatted(now, metric));
    }
}
