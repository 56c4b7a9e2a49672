package io.promgres.store;

import io.promgres.model.MetricMetadata;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** Stores what metrics are about, and shows it as the comments of their views. Thread-safe. */
public final class MetadataStore {

    private static final Duration LOCK_PATIENCE = Duration.ofMillis(250);

    /** What a transaction stores is seen at its end, with the time of its begin. */
    private static final String LONGEST_WRITE = "5 minutes";

    private final DataSource database;
    private String commentedUntil = "-infinity";

    public MetadataStore(DataSource database) {
        this.database = database;
    }

    /** @throws SQLException if nothing is stored, or it is not known: to do it again is right */
    public void write(List<MetricMetadata> metadata) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement store =
                        connection.prepareStatement("SELECT _prom_catalog.store_metadata(?, ?, ?, ?)")) {
            setTexts(store, 1, metadata, MetricMetadata::family);
            setTexts(store, 2, metadata, one -> one.type().toString());
            setTexts(store, 3, metadata, MetricMetadata::unit);
            setTexts(store, 4, metadata, MetricMetadata::help);
            store.execute();
        }
    }

    private static void setTexts(
            PreparedStatement statement, int at, List<MetricMetadata> metadata, Function<MetricMetadata, String> part)
            throws SQLException {
        statement.setArray(
                at,
                statement
                        .getConnection()
                        .createArrayOf("text", metadata.stream().map(part).toArray()));
    }

    /**
     * Gives views whose help text or columns have changed new comments; those that are being changed get them the next
     * time.
     */
    public synchronized void commentViews() throws SQLException {
        try (Connection connection = database.getConnection()) {
            String now = overlapped(connection);
            List<Integer> metricIds = uncommented(connection);
            connection.setAutoCommit(false);
            boolean all = true;
            for (int metricId : metricIds) {
                all &= ViewFunction.COMMENT.callFor(connection, List.of(metricId), LOCK_PATIENCE);
            }
            if (all) {
                commentedUntil = now;
            }
        }
    }

    private static String overlapped(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (now() - interval '" + LONGEST_WRITE + "')::text")) {
            row.next();
            return row.getString(1);
        }
    }

    private List<Integer> uncommented(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id FROM _prom_catalog.uncommented_views(?::timestamptz) id")) {
            select.setString(1, commentedUntil);
            try (ResultSet rows = select.executeQuery()) {
                List<Integer> ids = new ArrayList<>();
                while (rows.next()) {
                    ids.add(rows.getInt(1));
                }
                return ids;
            }
        }
    }
}
