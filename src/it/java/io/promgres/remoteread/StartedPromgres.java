package io.promgres.remoteread;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.config.ConfigLoader;
import io.promgres.daemon.Daemon;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The daemon on a fresh database, in this process, with a client. */
public final class StartedPromgres implements AutoCloseable {

    private static final Pattern URL = Pattern.compile("url: (http://[^/]+)/api/v1/write");

    private final TestDatabase database;
    private final Daemon daemon;
    private final String url;
    private final HttpClient client = HttpClient.newHttpClient();

    /** @param options besides those of the address and the database */
    public StartedPromgres(Map<String, String> options) throws IOException {
        database = TestDatabase.migrated();
        Map<String, String> all = new HashMap<>(options);
        all.put("db", database.uri().psql());
        all.put("listen", "127.0.0.1:0");
        all.put("self-monitoring.interval", "0s");
        daemon = Daemon.start(ConfigLoader.load(Optional.empty(), all).config());
        Matcher matcher = URL.matcher(daemon.greeting());
        if (!matcher.find()) {
            throw new IllegalStateException(daemon.greeting());
        }
        url = matcher.group(1);
    }

    /** Such as http://127.0.0.1:9201. */
    public String url() {
        return url;
    }

    /** The answer to a POST. */
    public HttpResponse<byte[]> post(String path, String contentType, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", contentType)
                .header("Content-Encoding", "snappy")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    /** The answer to a GET. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer of Prometheus' HTTP API, as JSON. */
    public JsonNode api(String path, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        try {
            return new ObjectMapper().readTree(get(path + "?" + query).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows of a query, the columns of each joined by a bar. */
    public List<String> query(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(result.getString(i));
                }
                rows.add(String.join("|", columns));
            }
            return rows;
        }
    }

    /** A connection to its database, as the owner. */
    public Connection connect() throws SQLException {
        return database.connect();
    }

    /** Makes the views that are not there yet; the daemon does it shortly after the first sample. */
    public void makeViews() throws SQLException {
        query("SELECT _prom_catalog.make_views(id) FROM _prom_catalog.stale_views() id");
    }

    @Override
    public void close() {
        daemon.close();
        database.close();
    }
}
