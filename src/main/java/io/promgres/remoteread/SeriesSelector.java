package io.promgres.remoteread;

import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import io.promgres.tiers.StoredSeries;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds the series that all matchers match. Regular expressions are tried here on the distinct values of a label, never in
 * the database, whose expressions are others; the database compares ids. Of use for one connection and one query.
 */
public final class SeriesSelector {

    private static final String METRIC_NAME = LabelSet.METRIC_NAME;

    private final Connection connection;
    private final int mostSeries;
    private final ReadScope scope;
    private final Map<Integer, Metric> metrics = new HashMap<>();
    private MetricView.Wanted wanted = new MetricView.Wanted("", "");
    private Optional<MetricView> view = Optional.empty();

    /** @param mostSeries more are refused */
    public SeriesSelector(Connection connection, int mostSeries, ReadScope scope) {
        this.scope = scope;
        this.connection = connection;
        this.mostSeries = mostSeries;
    }

    private record Metric(String table, boolean hasViews, boolean hasHistograms) {}

    private record Label(String name, String value) {}

    private record Row(long id, int metricId, long groupId, int slot, int[] labels) {}

    /** A condition on what stands at a label's position: one of these ids, or none of them; 0 is an absent label. */
    private record Condition(int keyId, boolean among, Integer[] ids) {}

    /**
     * The series, in the order of their labels.
     *
     * @throws ReadRefusedException if a matcher is not valid, none demands anything, or too many series match
     */
    public List<SelectedSeries> select(List<Matcher> matchers) throws SQLException, ReadRefusedException {
        return select(matchers, true);
    }

    /** As {@link #select}, and all series where no matcher demands anything. */
    public List<SelectedSeries> selectAny(List<Matcher> matchers) throws SQLException, ReadRefusedException {
        return select(matchers, false);
    }

    private List<SelectedSeries> select(List<Matcher> matchers, boolean demanding)
            throws SQLException, ReadRefusedException {
        List<LabelMatcher> names = new ArrayList<>();
        List<LabelMatcher> others = new ArrayList<>();
        for (Matcher matcher : withoutPlace(matchers)) {
            LabelMatcher compiled = new LabelMatcher(matcher);
            if (scope.takes(matcher)) {
                (matcher.name().equals(METRIC_NAME) ? names : others).add(compiled);
            }
        }
        if (demanding) {
            refuseEverything(names, others);
        }
        for (Matcher matcher : scope.matchers()) {
            others.add(new LabelMatcher(matcher));
        }
        findMetrics(names);
        findView(names);
        List<Condition> conditions = conditions(others);
        if (conditions == null || metrics.isEmpty()) {
            return List.of();
        }
        return withText(rows(!names.isEmpty(), conditions));
    }

    /** Keeps what is said of schema and column; no series has these labels. */
    private List<Matcher> withoutPlace(List<Matcher> matchers) {
        List<Matcher> others = new ArrayList<>();
        for (Matcher matcher : matchers) {
            boolean equal = matcher.operator() == Operator.EQUAL;
            if (equal && matcher.name().equals(MetricView.SCHEMA)) {
                wanted = new MetricView.Wanted(matcher.value(), wanted.column());
            } else if (equal && matcher.name().equals(MetricView.COLUMN)) {
                wanted = new MetricView.Wanted(wanted.schema(), matcher.value());
            } else {
                others.add(matcher);
            }
        }
        return others;
    }

    /** A view takes the place of what is no metric, and has the series of the metrics that it is made of. */
    private void findView(List<LabelMatcher> names) throws SQLException, ReadRefusedException {
        if (!wanted.mayBeMetric()) {
            metrics.clear();
        }
        if (!metrics.isEmpty()
                || !wanted.mayBeView()
                || names.size() != 1
                || !names.get(0).demandsOneValue()) {
            return;
        }
        Optional<MetricView.Found> found =
                MetricView.find(connection, names.get(0).value(), wanted);
        if (found.isPresent()) {
            view = Optional.of(found.get().view());
            loadMetrics(" WHERE id = ANY (?)", ints(found.get().metricIds().toArray(Integer[]::new)), name -> true);
        }
    }

    /** As PromQL demands it: somewhere there must be a value. */
    private static void refuseEverything(List<LabelMatcher> names, List<LabelMatcher> others)
            throws ReadRefusedException {
        boolean all = names.stream().allMatch(LabelMatcher::matchesAbsent)
                && others.stream().allMatch(LabelMatcher::matchesAbsent);
        if (all) {
            throw new ReadRefusedException(
                    "the matchers match every series: at least one must not match the empty value");
        }
    }

    private void findMetrics(List<LabelMatcher> names) throws SQLException {
        LabelMatcher one =
                names.stream().filter(LabelMatcher::demandsOneValue).findFirst().orElse(null);
        Predicate<String> matching = name -> names.stream().allMatch(matcher -> matcher.matches(name));
        loadMetrics(one == null ? "" : " WHERE metric_name = ?", one == null ? null : one.value(), matching);
    }

    /** @param parameter of the condition; null if it has none */
    private void loadMetrics(String condition, Object parameter, Predicate<String> matching) throws SQLException {
        String sql = "SELECT id, metric_name, table_name, views_positions > 0, has_histograms FROM _prom_catalog.metric"
                + condition;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            if (parameter != null) {
                select.setObject(1, parameter);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    if (matching.test(rows.getString(2))) {
                        metrics.put(
                                rows.getInt(1), new Metric(rows.getString(3), rows.getBoolean(4), rows.getBoolean(5)));
                    }
                }
            }
        }
    }

    /** The conditions, or null if no series can meet them. */
    private List<Condition> conditions(List<LabelMatcher> matchers) throws SQLException {
        List<Condition> conditions = new ArrayList<>();
        for (LabelMatcher matcher : matchers) {
            Condition condition = condition(matcher);
            if (condition == null && matcher.matchesAbsent()) {
                continue;
            }
            if (condition == null || condition.among() && condition.ids().length == 0) {
                return null;
            }
            conditions.add(condition);
        }
        return conditions;
    }

    /** The shorter of the two lists: what matches, or what does not. Null if no series has the label. */
    private Condition condition(LabelMatcher matcher) throws SQLException {
        List<Integer> matching = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        boolean complete = matcher.isRegularExpression() || matcher.value().isEmpty();
        (matcher.matchesAbsent() ? matching : others).add(0);
        Integer keyId = null;
        String sql =
                "SELECT k.id, l.id, l.value FROM _prom_catalog.label_key k LEFT JOIN _prom_catalog.label l ON l.key = ?"
                        + (complete ? "" : " AND l.value = ?") + " WHERE k.key = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int at = 1;
            select.setString(at++, matcher.name());
            if (!complete) {
                select.setString(at++, matcher.value());
            }
            select.setString(at, matcher.name());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keyId = rows.getInt(1);
                    if (rows.getString(3) != null) {
                        (matcher.matches(rows.getString(3)) ? matching : others).add(rows.getInt(2));
                    }
                }
            }
        }
        boolean among = complete ? matching.size() <= others.size() : !matcher.isNegative();
        return keyId == null ? null : new Condition(keyId, among, (among ? matching : others).toArray(Integer[]::new));
    }

    private List<Row> rows(boolean ofMetrics, List<Condition> conditions) throws SQLException, ReadRefusedException {
        try (PreparedStatement select = connection.prepareStatement(sql(ofMetrics, conditions))) {
            int at = 1;
            if (ofMetrics) {
                select.setArray(at++, ints(metrics.keySet().toArray(Integer[]::new)));
            }
            for (Condition condition : conditions) {
                select.setArray(at++, ints(condition.ids()));
            }
            try (ResultSet result = select.executeQuery()) {
                return rows(result);
            }
        }
    }

    private String sql(boolean ofMetrics, List<Condition> conditions) {
        StringBuilder from =
                new StringBuilder("SELECT s.id, s.metric_id, s.labels, s.group_id, s.slot FROM _prom_catalog.series s");
        StringBuilder where = new StringBuilder(" WHERE ").append(ofMetrics ? "s.metric_id = ANY (?)" : "true");
        for (int i = 0; i < conditions.size(); i++) {
            Condition condition = conditions.get(i);
            String position = "p" + i;
            from.append(" LEFT JOIN _prom_catalog.label_key_position ")
                    .append(position)
                    .append(" ON ")
                    .append(position)
                    .append(".metric_id = s.metric_id AND ")
                    .append(position)
                    .append(".label_key_id = ")
                    .append(condition.keyId());
            where.append(" AND coalesce(s.labels[")
                    .append(position)
                    .append(".pos], 0) ")
                    .append(condition.among() ? "= ANY (?)" : "<> ALL (?)");
            // The index on all labels of a series knows ids, not positions.
            if (condition.among() && condition.ids().length == 1 && condition.ids()[0] != 0) {
                where.append(" AND s.labels @> ARRAY[")
                        .append(condition.ids()[0])
                        .append(']');
            }
        }
        return from.append(where).append(" LIMIT ").append(mostSeries + 1L).toString();
    }

    private List<Row> rows(ResultSet result) throws SQLException, ReadRefusedException {
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
            if (rows.size() == mostSeries) {
                throw new ReadRefusedException(
                        "the matchers match more than " + mostSeries + " series; the limit is remote-read.max-series");
            }
            Integer[] labels = (Integer[]) result.getArray(3).getArray();
            rows.add(new Row(
                    result.getLong(1),
                    result.getInt(2),
                    result.getLong(4),
                    result.getInt(5),
                    Arrays.stream(labels)
                            .mapToInt(Integer::intValue)
                            .filter(id -> id != 0)
                            .toArray()));
        }
        return rows;
    }

    /** Views are made shortly after the first sample is acknowledged; who reads by them in between must not miss it. */
    void makeMissingViews(List<SelectedSeries> selected) throws SQLException {
        Set<Integer> without = new TreeSet<>();
        for (SelectedSeries series : selected) {
            int metricId = series.stored().metricId();
            if (!metrics.get(metricId).hasViews()) {
                without.add(metricId);
            }
        }
        try (PreparedStatement make = connection.prepareStatement("SELECT _prom_catalog.make_views(?)")) {
            for (int metricId : without) {
                make.setInt(1, metricId);
                make.execute();
            }
        }
    }

    private List<SelectedSeries> withText(List<Row> rows) throws SQLException {
        Set<Integer> ids = new HashSet<>();
        for (Row row : rows) {
            Arrays.stream(row.labels()).forEach(ids::add);
        }
        Map<Integer, Label> labels = labels(ids);
        List<SelectedSeries> series = new ArrayList<>(rows.size());
        for (Row row : rows) {
            Metric metric = metrics.get(row.metricId());
            if (metric != null) {
                series.add(new SelectedSeries(stored(row, metric), labelSet(row, labels), view));
            }
        }
        series.sort((a, b) -> LabelOrder.INSTANCE.compare(a.labels(), b.labels()));
        return series;
    }

    private static StoredSeries stored(Row row, Metric metric) {
        return new StoredSeries(
                row.id(), row.metricId(), metric.table(), row.groupId(), row.slot(), metric.hasHistograms());
    }

    private Map<Integer, Label> labels(Set<Integer> ids) throws SQLException {
        Map<Integer, Label> labels = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, key, value FROM _prom_catalog.label WHERE id = ANY (?)")) {
            select.setArray(1, ints(ids.toArray(Integer[]::new)));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    labels.put(rows.getInt(1), new Label(rows.getString(2), rows.getString(3)));
                }
            }
        }
        return labels;
    }

    private LabelSet labelSet(Row row, Map<Integer, Label> labels) {
        Stream<Label> own =
                Arrays.stream(row.labels()).mapToObj(labels::get).filter(label -> !scope.hides(label.name()));
        return LabelSet.ofSorted((view.isEmpty() ? own : ofView(own))
                .sorted((a, b) -> LabelOrder.compareText(a.name(), b.name()))
                .flatMap(label -> Stream.of(label.name(), label.value()))
                .toArray(String[]::new));
    }

    /** The labels with the view's name, and with schema and column where they were asked for. */
    private Stream<Label> ofView(Stream<Label> labels) {
        Stream<Label> places = Stream.of(
                new Label(METRIC_NAME, view.orElseThrow().name()),
                new Label(MetricView.SCHEMA, wanted.schema()),
                new Label(MetricView.COLUMN, wanted.column()));
        return Stream.concat(
                labels.filter(label -> !label.name().equals(METRIC_NAME)),
                places.filter(label -> !label.value().isEmpty()));
    }

    private Array ints(Integer[] values) throws SQLException {
        return connection.createArrayOf("int4", values);
    }
}
