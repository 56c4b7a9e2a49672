package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.Query;
import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Remote.ReadResponse;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** Tenants, from the header of a request to the labels that are stored, and back by remote read. */
class TenantsIT {

    private static final long NOW = System.currentTimeMillis();
    private static final String HEADER = "X-Scope-OrgID";

    private TestDatabase database;
    private RunningDaemon db;

    @BeforeEach
    void makeDatabase() {
        database = TestDatabase.migrated();
    }

    @AfterEach
    void stop() throws Exception {
        db.close();
        database.close();
    }

    private void start(String... settings) throws Exception {
        String[] all = Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "tenancy.tenants";
        all[settings.length + 1] = "a, b";
        db = RunningDaemon.on(database, all);
    }

    private HttpResponse<byte[]> post(String path, byte[] body, String... headers) throws Exception {
        return db.sender().post(path, body, headers);
    }

    private void write(int status, TestSample sample, String... headers) throws Exception {
        HttpResponse<byte[]> answer = post("/api/v1/write", WriteBody.of(sample), headers);
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static TestSample up(double value, String... labels) {
        return TestSample.of("up", NOW, value, labels);
    }

    @Test
    void theHeaderBecomesTheLabel() throws Exception {
        start();
        write(204, up(1, "job", "j"), HEADER, "a");
        write(204, up(2, "job", "j"), "x-scope-orgid", "b");
        write(204, up(1, "job", "j"), HEADER, "a");
        assertThat(db.stored())
                .containsExactly(up(1, "__tenant__", "a", "job", "j"), up(2, "__tenant__", "b", "job", "j"));
    }

    @Test
    void aRequestOfNoTenantOrAnUnknownOneIs400AndNothingIsStored() throws Exception {
        start();
        for (String path : List.of("/api/v1/write", "/write", "/api/v1/read", "/read")) {
            HttpResponse<byte[]> missing = post(path, WriteBody.of(up(1)));
            assertThat(missing.statusCode()).isEqualTo(400);
            assertThat(text(missing)).contains("the header " + HEADER + " is missing");
            HttpResponse<byte[]> unknown = post(path, WriteBody.of(up(1)), HEADER, "c");
            assertThat(unknown.statusCode()).isEqualTo(400);
            assertThat(text(unknown)).contains("\"c\"", "tenancy.tenants");
        }
        write(400, up(1), HEADER, "a", HEADER, "b");
        assertThat(db.stored()).isEmpty();
    }

    @Test
    void whereItIsAllowedARequestWithoutTenantIsStoredWithoutOneAndCannotForgeOne() throws Exception {
        start("tenancy.required", "false", "tenancy.header", "Tenant");
        write(204, up(1));
        write(204, up(2), "Tenant", "a");
        write(400, up(3, "__tenant__", "a"));
        write(400, up(3, "__tenant__", "a"), "Tenant", "b");
        HttpResponse<byte[]> forged =
                post("/api/v1/write", WriteBody.of(up(3, "__tenant__", "a"), TestSample.of("other", NOW, 4)));
        assertThat(forged.statusCode()).isEqualTo(400);
        assertThat(text(forged)).contains("1 forged_tenant", "__tenant__, which only the receiver sets");
        assertThat(db.stored())
                .containsExactlyInAnyOrder(up(1), up(2, "__tenant__", "a"), TestSample.of("other", NOW, 4));
    }

    @Test
    void aLabelCanNameTheTenantOfEachSeries() throws Exception {
        start("tenancy.by-label", "true", "tenancy.label", "team");
        HttpResponse<byte[]> answer =
                post("/api/v1/write", WriteBody.of(up(1, "team", "a"), up(2, "team", "c"), up(3), up(4, "team", "b")));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer)).contains("2 unknown_tenant");
        assertThat(db.stored())
                .containsExactly(up(1, "__tenant__", "a", "team", "a"), up(4, "__tenant__", "b", "team", "b"));
    }

    @Test
    void remoteReadGivesATenantItsOwnSeriesAsItSentThem() throws Exception {
        start("tenancy.required", "false");
        write(204, up(1, "job", "j"), HEADER, "a");
        write(204, up(2, "job", "j"), HEADER, "b");
        write(204, up(3, "job", "j"));
        assertThat(read("a", equal("__name__", "up"))).isEqualTo("__name__=up job=j 1.0");
        assertThat(read("b", equal("__name__", "up"))).isEqualTo("__name__=up job=j 2.0");
        assertThat(read("", equal("__name__", "up"))).isEqualTo("__name__=up job=j 3.0");
        LabelMatcher any = equal("job", ".*").toBuilder()
                .setType(LabelMatcher.Type.RE)
                .setName("__tenant__")
                .build();
        assertThat(read("a", equal("__name__", "up"), any)).isEqualTo("__name__=up job=j 1.0");
    }

    @Test
    void whoAsksForItsReplicaIsGivenTheSeriesOfTheCluster() throws Exception {
        start("ha.enabled", "true");
        write(204, up(1, "__replica__", "r1", "cluster", "c"), HEADER, "a");
        write(204, up(2, "__replica__", "r2", "cluster", "c"), HEADER, "b");
        assertThat(read("a", equal("__name__", "up"), equal("cluster", "c"), equal("__replica__", "r2")))
                .isEqualTo("__name__=up cluster=c 1.0");
        assertThat(db.rows("SELECT tenant, leader FROM prom_info.ha_lease ORDER BY 1"))
                .containsExactly("a|r1", "b|r2");
    }

    private String read(String tenant, LabelMatcher... matchers) throws Exception {
        Query query = Query.newBuilder()
                .setStartTimestampMs(NOW)
                .setEndTimestampMs(NOW)
                .addAllMatchers(List.of(matchers))
                .build();
        byte[] body = Snappy.compress(
                ReadRequest.newBuilder().addQueries(query).build().toByteArray());
        HttpResponse<byte[]> answer =
                tenant.isEmpty() ? post("/api/v1/read", body) : post("/api/v1/read", body, HEADER, tenant);
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        StringBuilder text = new StringBuilder();
        ReadResponse.parseFrom(Snappy.uncompress(answer.body()))
                .getResults(0)
                .getTimeseriesList()
                .forEach(series -> {
                    series.getLabelsList()
                            .forEach(label -> text.append(label.getName())
                                    .append('=')
                                    .append(label.getValue())
                                    .append(' '));
                    series.getSamplesList().forEach(sample -> text.append(sample.getValue()));
                });
        return text.toString();
    }

    private static LabelMatcher equal(String name, String value) {
        return LabelMatcher.newBuilder()
                .setType(LabelMatcher.Type.EQ)
                .setName(name)
                .setValue(value)
                .build();
    }
}
