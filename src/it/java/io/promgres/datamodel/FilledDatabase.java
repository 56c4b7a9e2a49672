package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.promgres.Daemon;
import io.promgres.config.ConfigLoader;
import io.promgres.config.DatabaseUri;
import io.promgres.testing.TestDatabase;
import io.promgres.wire.WriteRequestEncoder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A database that a daemon of this JVM fills by remote write, and a connection to it as a user of psql has one. */
final class FilledDatabase implements AutoCloseable {

    private static final Pattern URL = Pattern.compile("url: (\\S+)");
    private static final long VIEWS_NANOS = Duration.ofSeconds(20).toNanos();

    private final Daemon daemon;
    private final URI write;
    private final Connection connection;
    private final HttpClient client = HttpClient.newHttpClient();

    FilledDatabase(TestDatabase database) throws IOException, SQLException {
        this(database.uri());
    }

    FilledDatabase(DatabaseUri database) throws IOException, SQLException {
        Map<String, String> options =
                Map.of("listen", "127.0.0.1:0", "db", database.psql(), "self-monitoring.interval", "0s");
        daemon = Daemon.start(ConfigLoader.load(Optional.empty(), options).config());
        Matcher url = URL.matcher(daemon.greeting());
        assertThat(url.find()).isTrue();
        write = URI.create(url.group(1));
        connection = TestDatabase.connect(database);
        execute("SET timezone = 'UTC'");
    }

    /** The connection that the other methods use. */
    Connection connection() {
        return connection;
    }

    /** Sends samples in one request, which has to be accepted. */
    void send(List<Sample> samples) throws IOException, InterruptedException {
        WriteRequestEncoder body = new WriteRequestEncoder();
        samples.forEach(sample -> body.add(sample.labels(), sample.time().toEpochMilli(), sample.value()));
        HttpRequest request = HttpRequest.newBuilder(write)
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(BodyPublishers.ofByteArray(body.encode()))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 204);
    }

    void send(Sample... samples) throws IOException, InterruptedException {
        send(List.of(samples));
    }

    /** Views follow the first sample of a metric by a moment: returns when all of them are there, with all columns. */
    void awaitViews() throws SQLException {
        long deadline = System.nanoTime() + VIEWS_NANOS;
        while (!rows("SELECT _prom_catalog.stale_views()").isEmpty()) {
            if (System.nanoTime() > deadline) {
                fail("some views are not made: " + rows("SELECT _prom_catalog.stale_views()"));
            }
            Thread.onSpinWait();
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The rows of a query, their columns as text with a comma and a space between. */
    List<String> rows(String sql) throws SQLException {
        return rows(connection, sql);
    }

    /** The first column of the only row of a query. */
    String value(String sql) throws SQLException {
        List<String> rows = rows(sql);
        assertThat(rows).as(sql).hasSize(1);
        return rows.get(0);
    }

    static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(result.getString(i));
                }
                rows.add(String.join(", ", columns.stream().map(String::valueOf).toList()));
            }
            return rows;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        daemon.close();
    }
}
