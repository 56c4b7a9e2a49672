package io.promgres.store;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.promgres.model.LabelSet;
import io.promgres.model.PlaceEpoch;
import io.promgres.model.SeriesAddress;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** Interns a batch of series: once, in the transaction of a connection. What is looked up is looked up once for all of them. */
final class InternBatch {

    /** A label array of more positions does not fit an index. */
    private static final int MOST_POSITIONS = 500;

    private record Label(String name, String value) {}

    private record Position(int metric, int key) {}

    private final Connection connection;
    private final boolean bucketed;
    private final List<LabelSet> series;

    // Numbers of what the series are made of: of a series its metric, its labels and their positions.
    private final Indexer<String> metrics = new Indexer<>();
    private final Indexer<String> keys = new Indexer<>();
    private final Indexer<Label> labels = new Indexer<>();
    private final Indexer<Position> positions = new Indexer<>();
    private final int[] metricOf;
    private final int[][] labelsOf;
    private final int[][] positionsOf;

    // What the database gave, by number.
    private int[] metricIds;
    private int[] labelIds;
    private int[] places;

    /**
     * @param bucketed whether ids of series have a bucket: see {@link Buckets}
     * @param series label sets, each once
     */
    InternBatch(Connection connection, boolean bucketed, List<LabelSet> series) {
        this.connection = connection;
        this.bucketed = bucketed;
        this.series = series;
        metricOf = new int[series.size()];
        labelsOf = new int[series.size()][];
        positionsOf = new int[series.size()][];
        for (int n = 0; n < metricOf.length; n++) {
            number(n, series.get(n));
        }
    }

    private void number(int n, LabelSet one) {
        int metric = metrics.add(one.metricName());
        positions.add(new Position(metric, keys.add(LabelSet.METRIC_NAME)));
        metricOf[n] = metric;
        labelsOf[n] = new int[one.size()];
        positionsOf[n] = new int[one.size()];
        for (int i = 0; i < one.size(); i++) {
            labelsOf[n][i] = labels.add(new Label(one.name(i), one.value(i)));
            positionsOf[n][i] = positions.add(new Position(metric, keys.add(one.name(i))));
        }
    }

    SeriesStore.Interned intern(PlaceEpoch known) throws SQLException, StaleAddressesException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT _prom_catalog.intern_lock()")) {
            lock.execute();
        }
        if (!known.equals(PlaceEpoch.NONE)) {
            PlaceHistory.check(connection, known);
        }
        internNames();
        SeriesStore.Interned interned = internSeries();
        int[] stale = ints("SELECT ARRAY(SELECT _prom_catalog.stale_views(?))", array("int4", metricIds));
        return new SeriesStore.Interned(
                interned.ids(),
                interned.addresses(),
                interned.created(),
                Arrays.stream(stale).boxed().toList(),
                PlaceHistory.current(connection));
    }

    private void internNames() throws SQLException {
        labelIds = ints(
                "SELECT _prom_catalog.intern_labels(?, ?)",
                texts(labels.things().stream().map(Label::name).toArray()),
                texts(labels.things().stream().map(Label::value).toArray()));
        int[] keyIds = ints(
                "SELECT _prom_catalog.intern_label_keys(?)", texts(keys.things().toArray()));
        metricIds = ints(
                "SELECT _prom_catalog.intern_metrics(?)", texts(metrics.things().toArray()));
        places = ints(
                "SELECT _prom_catalog.intern_positions(?, ?, " + MOST_POSITIONS + ")",
                array("int4", ofPositions(position -> metricIds[position.metric()])),
                array("int4", ofPositions(position -> keyIds[position.key()])));
    }

    private int[] ofPositions(ToIntFunction<Position> id) {
        return positions.things().stream().mapToInt(id).toArray();
    }

    private SeriesStore.Interned internSeries() throws SQLException {
        String[] arrays =
                IntStream.range(0, metricOf.length).mapToObj(this::labelArray).toArray(String[]::new);
        int[] fitting =
                IntStream.range(0, arrays.length).filter(n -> arrays[n] != null).toArray();
        long[] ids = new long[arrays.length];
        long[] addresses = new long[arrays.length];
        Arrays.fill(addresses, SeriesAddress.UNKNOWN);
        int created = 0;
        if (fitting.length > 0) {
            created = place(fitting, arrays, ids, addresses);
        }
        return new SeriesStore.Interned(ids, addresses, created, List.of(), PlaceEpoch.NONE);
    }

    /** Gives the fitting ones their ids and addresses; says how many of them are new. */
    private int place(int[] fitting, String[] arrays, long[] ids, long[] addresses) throws SQLException {
        Fingerprints fingerprints = new Fingerprints();
        try (PreparedStatement call = connection.prepareStatement(
                "SELECT group_ids, slots, series_ids, fresh FROM _prom_catalog.intern_series(?, ?, ?, ?, ?)")) {
            call.setArray(
                    1,
                    array(
                            "int8",
                            Arrays.stream(fitting)
                                    .mapToLong(n -> fingerprints.id(series.get(n), bucketed))
                                    .toArray()));
            call.setArray(2, array("int4", of(fitting, n -> metricIds[metricOf[n]])));
            call.setArray(
                    3, texts(Arrays.stream(fitting).mapToObj(n -> arrays[n]).toArray()));
            call.setArray(4, array("int4", of(fitting, n -> ownerId(series.get(n)))));
            call.setArray(5, array("int4", of(fitting, n -> labelId(series.get(n), "instance"))));
            try (ResultSet row = call.executeQuery()) {
                row.next();
                Number[] groups = (Number[]) row.getArray(1).getArray();
                Number[] slots = (Number[]) row.getArray(2).getArray();
                Number[] given = (Number[]) row.getArray(3).getArray();
                for (int i = 0; i < fitting.length; i++) {
                    ids[fitting[i]] = given[i].longValue();
                    addresses[fitting[i]] = SeriesAddress.of(groups[i].longValue(), slots[i].intValue());
                }
                int[] fresh = Arrays.stream((Number[]) row.getArray(4).getArray())
                        .mapToInt(ordinal -> fitting[ordinal.intValue() - 1])
                        .toArray();
                keepJson(fresh, arrays);
                return fresh.length;
            }
        }
    }

    private static int[] of(int[] fitting, IntUnaryOperator value) {
        return Arrays.stream(fitting).map(value).toArray();
    }

    /** The text of new series' labels, made here: the database has only their ids at hand. */
    private void keepJson(int[] fresh, String[] arrays) throws SQLException {
        if (fresh.length == 0) {
            return;
        }
        try (PreparedStatement call = connection.prepareStatement("SELECT _prom_catalog.store_series_json(?, ?)")) {
            call.setArray(1, texts(Arrays.stream(fresh).mapToObj(n -> arrays[n]).toArray()));
            call.setArray(
                    2,
                    texts(Arrays.stream(fresh)
                            .mapToObj(n -> json(series.get(n)))
                            .toArray()));
            call.execute();
        }
    }

    private static String json(LabelSet labels) {
        JsonStringEncoder encoder = JsonStringEncoder.getInstance();
        StringBuilder json = new StringBuilder(256).append('{');
        for (int i = 0; i < labels.size(); i++) {
            json.append(i == 0 ? "\"" : ",\"");
            encoder.quoteAsString(labels.name(i), json);
            json.append("\":\"");
            encoder.quoteAsString(labels.value(i), json);
            json.append('"');
        }
        return json.append('}').toString();
    }

    /** The label array as a literal; null if a label of it has no position. */
    private String labelArray(int n) {
        LabelSet one = series.get(n);
        int[] ids = new int[one.size()];
        for (int i = 0; i < one.size(); i++) {
            int place = places[positionsOf[n][i]];
            if (place == 0) {
                return null;
            }
            if (place > ids.length) {
                ids = Arrays.copyOf(ids, place);
            }
            ids[place - 1] = labelIds[labelsOf[n][i]];
        }
        return literal(ids);
    }

    /** Without the absent labels at its end. */
    private static String literal(int[] ids) {
        int length = ids.length;
        while (ids[length - 1] == 0) {
            length--;
        }
        StringBuilder literal = new StringBuilder(length * 7).append('{');
        for (int i = 0; i < length; i++) {
            literal.append(i == 0 ? "" : ",").append(ids[i]);
        }
        return literal.append('}').toString();
    }

    private int labelId(LabelSet one, String name) {
        String value = one.value(name);
        return value.isEmpty() ? 0 : labelIds[labels.number(new Label(name, value))];
    }

    /**
     * What a group's series have in common besides their instance: the job, or below 0 the tenant. A tenant's rows of the
     * landing table hold nothing of others.
     */
    private int ownerId(LabelSet one) {
        int tenant = labelId(one, "__tenant__");
        return tenant == 0 ? labelId(one, "job") : -tenant;
    }

    private Array texts(Object[] values) throws SQLException {
        return connection.createArrayOf("text", values);
    }

    private Array array(String type, Object values) throws SQLException {
        return connection.unwrap(PGConnection.class).createArrayOf(type, values);
    }

    /** The array that a call gives; 0 for NULL. */
    private int[] ints(String sql, Array... arguments) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                call.setArray(i + 1, arguments[i]);
            }
            try (ResultSet row = call.executeQuery()) {
                row.next();
                return Arrays.stream((Integer[]) row.getArray(1).getArray())
                        .mapToInt(id -> id == null ? 0 : id)
                        .toArray();
            }
        }
    }
}
