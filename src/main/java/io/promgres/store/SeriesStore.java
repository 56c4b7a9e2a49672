package io.promgres.store;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Interns label sets in the database: labels, metrics, label positions, series and their places, in one transaction for a
 * batch. Thread-safe; batches of all daemons on a database take turns.
 */
public final class SeriesStore {

    /** A label array of more positions does not fit an index. */
    private static final int MOST_POSITIONS = 500;

    private static final long FINGERPRINT_MASK = (1L << 53) - 1;

    private final DataSource database;

    public SeriesStore(DataSource database) {
        this.database = database;
    }

    /**
     * What interning gave.
     *
     * @param ids of the series, in their order; 0 where the address is unknown
     * @param addresses of the series, in their order; {@link SeriesAddress#UNKNOWN} where the metric has too many label
     *     names already
     * @param created how many of them the database did not have
     * @param staleViews metrics whose views have to be made, or lack a column
     */
    public record Interned(long[] ids, long[] addresses, int created, List<Integer> staleViews) {}

    /**
     * @param series label sets, each once
     * @throws SQLException if nothing was interned, or it is not known: to do it again is right
     */
    public Interned intern(List<LabelSet> series) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Interned interned = new Batch(connection, series).intern();
                connection.commit();
                return interned;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /**
     * Which of these the database has. Two series whose fingerprints are the same are taken for one.
     *
     * @throws SQLException the database does not say
     */
    public Set<LabelSet> known(List<LabelSet> series) throws SQLException {
        Map<Long, LabelSet> byId = new HashMap<>();
        series.forEach(one -> byId.put(fingerprint(one), one));
        Set<LabelSet> known = new HashSet<>();
        try (Connection connection = database.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT id FROM _prom_catalog.series WHERE id = ANY (?)")) {
            query.setArray(1, connection.createArrayOf("int8", byId.keySet().toArray()));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    known.add(byId.get(rows.getLong(1)));
                }
            }
        }
        return known;
    }

    /** How many series the database has. Reads an index: a second for millions. */
    public long count() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM _prom_catalog.series");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * A number made of the labels' text: 53 bits (what a JSON number keeps) of the SHA-256 of the sorted names and values,
     * each with a 0xff behind, which UTF-8 never has. Above 0.
     */
    static long fingerprint(LabelSet labels) {
        MessageDigest digest = sha256();
        for (int i = 0; i < labels.size(); i++) {
            digest.update(labels.name(i).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0xff);
            digest.update(labels.value(i).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0xff);
        }
        long fingerprint = ByteBuffer.wrap(digest.digest()).getLong() & FINGERPRINT_MASK;
        return Math.max(1, fingerprint);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Things to be looked up together: each once, numbered in order of arrival, with the ids that the database gave. */
    private static final class Numbered<T> {
        private final Map<T, Integer> numbers = new LinkedHashMap<>();
        private Integer[] ids;

        int add(T thing) {
            Integer next = numbers.size();
            Integer known = numbers.putIfAbsent(thing, next);
            return known == null ? next : known;
        }

        List<T> things() {
            return new ArrayList<>(numbers.keySet());
        }

        /** The id of a thing that has been added; null where the database gave none. */
        Integer id(T thing) {
            return ids[numbers.get(thing)];
        }
    }

    private record Label(String name, String value) {}

    private record Position(int metricId, int keyId) {}

    private static final class Batch {
        private final Connection connection;
        private final List<LabelSet> series;
        private final Numbered<Label> labels = new Numbered<>();
        private final Numbered<String> keys = new Numbered<>();
        private final Numbered<String> metrics = new Numbered<>();
        private final Numbered<Position> positions = new Numbered<>();
        private long[] seriesIds;
        private int created;

        Batch(Connection connection, List<LabelSet> series) {
            this.connection = connection;
            this.series = series;
        }

        Interned intern() throws SQLException {
            try (PreparedStatement lock = connection.prepareStatement("SELECT _prom_catalog.intern_lock()")) {
                lock.execute();
            }
            internNames();
            internPositions();
            long[] addresses = internSeries();
            Integer[] stale = call("SELECT ARRAY(SELECT _prom_catalog.stale_views(?))", ints(metrics.ids));
            return new Interned(seriesIds, addresses, created, List.of(stale));
        }

        private void internNames() throws SQLException {
            for (LabelSet one : series) {
                metrics.add(one.metricName());
                for (int i = 0; i < one.size(); i++) {
                    labels.add(new Label(one.name(i), one.value(i)));
                    keys.add(one.name(i));
                }
            }
            List<Label> pairs = labels.things();
            labels.ids = call(
                    "SELECT _prom_catalog.intern_labels(?, ?)",
                    texts(pairs.stream().map(Label::name).toList()),
                    texts(pairs.stream().map(Label::value).toList()));
            keys.ids = call("SELECT _prom_catalog.intern_label_keys(?)", texts(keys.things()));
            metrics.ids = call("SELECT _prom_catalog.intern_metrics(?)", texts(metrics.things()));
        }

        private void internPositions() throws SQLException {
            for (LabelSet one : series) {
                int metric = metrics.id(one.metricName());
                positions.add(new Position(metric, keys.id(LabelSet.METRIC_NAME)));
                for (int i = 0; i < one.size(); i++) {
                    positions.add(new Position(metric, keys.id(one.name(i))));
                }
            }
            List<Position> wanted = positions.things();
            positions.ids = call(
                    "SELECT _prom_catalog.intern_positions(?, ?, " + MOST_POSITIONS + ")",
                    ints(wanted.stream().map(Position::metricId).toArray()),
                    ints(wanted.stream().map(Position::keyId).toArray()));
        }

        private long[] internSeries() throws SQLException {
            List<Integer> fitting = new ArrayList<>();
            List<Object> ids = new ArrayList<>();
            List<Object> metricIds = new ArrayList<>();
            List<String> arrays = new ArrayList<>();
            List<Object> jobs = new ArrayList<>();
            List<Object> instances = new ArrayList<>();
            for (int n = 0; n < series.size(); n++) {
                LabelSet one = series.get(n);
                String array = labelArray(one);
                if (array != null) {
                    fitting.add(n);
                    ids.add(fingerprint(one));
                    metricIds.add(metrics.id(one.metricName()));
                    arrays.add(array);
                    jobs.add(ownerId(one));
                    instances.add(labelId(one, "instance"));
                }
            }
            long[] addresses = new long[series.size()];
            seriesIds = new long[series.size()];
            Arrays.fill(addresses, SeriesAddress.UNKNOWN);
            if (fitting.isEmpty()) {
                return addresses;
            }
            try (PreparedStatement call = connection.prepareStatement(
                    "SELECT group_ids, slots, created, series_ids FROM _prom_catalog.intern_series(?, ?, ?, ?, ?)")) {
                call.setArray(1, connection.createArrayOf("int8", ids.toArray()));
                call.setArray(2, ints(metricIds.toArray()));
                call.setArray(3, texts(arrays));
                call.setArray(4, ints(jobs.toArray()));
                call.setArray(5, ints(instances.toArray()));
                try (ResultSet row = call.executeQuery()) {
                    row.next();
                    Long[] groups = (Long[]) row.getArray(1).getArray();
                    Number[] slots = (Number[]) row.getArray(2).getArray();
                    created = row.getInt(3);
                    Long[] idsGiven = (Long[]) row.getArray(4).getArray();
                    for (int i = 0; i < groups.length; i++) {
                        seriesIds[fitting.get(i)] = idsGiven[i];
                        addresses[fitting.get(i)] = SeriesAddress.of(groups[i], slots[i].intValue());
                    }
                }
            }
            return addresses;
        }

        /** The label array as a literal; null if a label of it has no position. */
        private String labelArray(LabelSet one) {
            int metric = metrics.id(one.metricName());
            int[] ids = new int[one.size()];
            for (int i = 0; i < one.size(); i++) {
                Integer position = positions.id(new Position(metric, keys.id(one.name(i))));
                if (position == null) {
                    return null;
                }
                if (position > ids.length) {
                    ids = Arrays.copyOf(ids, position);
                }
                ids[position - 1] = labelId(one, i);
            }
            StringBuilder literal = new StringBuilder(ids.length * 6).append('{');
            int length = ids.length;
            while (ids[length - 1] == 0) {
                length--;
            }
            for (int i = 0; i < length; i++) {
                literal.append(i == 0 ? "" : ",").append(ids[i]);
            }
            return literal.append('}').toString();
        }

        private int labelId(LabelSet one, int i) {
            return labels.id(new Label(one.name(i), one.value(i)));
        }

        private int labelId(LabelSet one, String name) {
            String value = one.value(name);
            return value.isEmpty() ? 0 : labels.id(new Label(name, value));
        }

        /**
         * What a group's series have in common besides their instance: the job, or below 0 the tenant. A tenant's rows of the
         * landing table hold nothing of others.
         */
        private int ownerId(LabelSet one) {
            int tenant = labelId(one, "__tenant__");
            return tenant == 0 ? labelId(one, "job") : -tenant;
        }

        private Array texts(List<String> values) throws SQLException {
            return connection.createArrayOf("text", values.toArray());
        }

        private Array ints(Object[] values) throws SQLException {
            return connection.createArrayOf("int4", values);
        }

        private Integer[] call(String sql, Array... arguments) throws SQLException {
            try (PreparedStatement call = connection.prepareStatement(sql)) {
                for (int i = 0; i < arguments.length; i++) {
                    call.setArray(i + 1, arguments[i]);
                }
                try (ResultSet row = call.executeQuery()) {
                    row.next();
                    return (Integer[]) row.getArray(1).getArray();
                }
            }
        }
    }
}
