package io.promgres.packing;

import io.promgres.store.CopyBuffer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What is packed in one transaction: the landing rows of some series groups in one block of time, as series. */
final class LandingUnit {

    /** A series, and the metric whose table it belongs to. */
    record Series(long id, int metricId) {}

    private final Map<Long, Series[]> places = new HashMap<>();
    private final Set<Long> groups = new LinkedHashSet<>();
    private final Map<Long, List<Series>> seriesOfGroup = new HashMap<>();
    private Map<Series, Samples> series = new HashMap<>();
    private long samplesWithoutSeries;

    private LandingUnit() {}

    /**
     * Reads a unit.
     *
     * @param table of the partition, quoted
     * @param from milliseconds, inclusive
     * @param to milliseconds, exclusive
     */
    static LandingUnit read(Connection connection, String table, List<Long> groupIds, long from, long to)
            throws SQLException {
        LandingUnit unit = new LandingUnit();
        unit.readPlaces(connection, groupIds);
        String ids = groupIds.stream().map(String::valueOf).collect(Collectors.joining(","));
        CopyReader.read(
                connection,
                "SELECT group_id, time, values FROM " + table + " WHERE group_id = ANY ('{" + ids + "}') AND "
                        + SqlTime.within("time", from, to) + " ORDER BY group_id, time",
                row -> unit.add(CopyReader.fieldLong(row), CopyBuffer.millis(CopyReader.fieldLong(row)), row));
        unit.order();
        return unit;
    }

    /**
     * A unit of series that have nothing in the landing table.
     *
     * @param targets the series of each
     */
    static LandingUnit ofPacked(Collection<List<Series>> targets) {
        LandingUnit unit = new LandingUnit();
        for (List<Series> target : targets) {
            long group = unit.groups.size();
            unit.groups.add(group);
            unit.seriesOfGroup.put(group, new ArrayList<>(target));
            target.forEach(one -> unit.series.put(one, new Samples(0)));
        }
        unit.order();
        return unit;
    }

    /** What the same samples are packed to does not depend on the parts that they came in. */
    private void order() {
        Comparator<Series> byId = Comparator.comparingLong(Series::id);
        seriesOfGroup.values().forEach(some -> some.sort(byId));
        Map<Series, Samples> ordered = new LinkedHashMap<>();
        series.keySet().stream().sorted(byId).forEach(one -> ordered.put(one, series.get(one)));
        series = ordered;
    }

    private void readPlaces(Connection connection, List<Long> groupIds) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT group_id, slot, id, metric_id FROM _prom_catalog.series WHERE group_id = ANY (?)")) {
            select.setArray(1, connection.createArrayOf("int8", groupIds.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    places.computeIfAbsent(rows.getLong(1), group -> new Series[64])[rows.getInt(2) - 1] =
                            new Series(rows.getLong(3), rows.getInt(4));
                }
            }
        }
    }

    private void add(long groupId, long time, ByteBuffer row) {
        groups.add(groupId);
        Series[] slots = places.getOrDefault(groupId, new Series[64]);
        row.getInt();
        int length = CopyReader.beginArray(row);
        for (int slot = 0; slot < length; slot++) {
            if (row.getInt() < 0) {
                continue;
            }
            long bits = row.getLong();
            if (slots[slot] == null) {
                samplesWithoutSeries++;
                continue;
            }
            samplesOf(groupId, slots[slot]).add(time, bits);
        }
    }

    private Samples samplesOf(long groupId, Series one) {
        Samples known = series.get(one);
        if (known == null) {
            known = new Samples(512);
            series.put(one, known);
            seriesOfGroup.computeIfAbsent(groupId, id -> new ArrayList<>()).add(one);
        }
        return known;
    }

    /** The groups that had rows. */
    Set<Long> groups() {
        return groups;
    }

    /** The series of a group that had samples. */
    List<Series> seriesOf(long groupId) {
        return seriesOfGroup.getOrDefault(groupId, List.of());
    }

    /** The series that had samples, with them, in the order of their ids. */
    Map<Series, Samples> series() {
        return series;
    }

    /** Groups of which a series has a place, but had no sample. */
    List<Long> groupsWithSilentSeries() {
        return places.entrySet().stream()
                .filter(entry ->
                        Arrays.stream(entry.getValue()).filter(Objects::nonNull).count()
                                > seriesOf(entry.getKey()).size())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Values in slots that no series has: their series was deleted. */
    long samplesWithoutSeries() {
        return samplesWithoutSeries;
    }

    @Override
    public String toString() {
        return "groups " + groups;
    }
}
