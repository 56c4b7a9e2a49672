package io.promgres.tiers;

import io.promgres.packing.CopyReader;
import io.promgres.store.CopyBuffer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads the landing rows of the groups that have selected series: of a group of which few are selected only their slots, of
 * others the rows as they are.
 */
final class LandingTier {

    private static final int SLOTS = 64;

    /** As many slots are asked for one by one; each costs the server a subscript, and unused ones a NULL. */
    private static final int[] WIDTHS = {1, 4, 16};

    private final Connection connection;

    LandingTier(Connection connection) {
        this.connection = connection;
    }

    /** A group, and its selected series by slot - 1. */
    private record Group(long id, Batch.Member[] bySlot, int[] slots) {}

    void read(Batch batch) throws SQLException {
        Map<Integer, List<Group>> byWidth =
                groups(batch).stream().collect(Collectors.groupingBy(group -> width(group.slots().length)));
        for (Map.Entry<Integer, List<Group>> same : byWidth.entrySet()) {
            if (same.getKey() == SLOTS) {
                readRows(batch, same.getValue());
            } else {
                readSlots(batch, same.getValue(), same.getKey());
            }
        }
    }

    private static List<Group> groups(Batch batch) {
        Map<Long, Batch.Member[]> places = new HashMap<>();
        for (Batch.Member member : batch.members()) {
            StoredSeries series = member.series();
            if (series.groupId() != 0) {
                places.computeIfAbsent(series.groupId(), id -> new Batch.Member[SLOTS])[series.slot() - 1] = member;
            }
        }
        List<Group> groups = new ArrayList<>();
        places.forEach((id, bySlot) -> groups.add(new Group(
                id,
                bySlot,
                IntStream.range(0, SLOTS).filter(i -> bySlot[i] != null).toArray())));
        return groups;
    }

    private static int width(int slots) {
        for (int width : WIDTHS) {
            if (slots <= width) {
                return width;
            }
        }
        return SLOTS;
    }

    private void readSlots(Batch batch, List<Group> groups, int width) throws SQLException {
        StringBuilder columns = new StringBuilder();
        StringBuilder names = new StringBuilder();
        StringBuilder arrays = new StringBuilder();
        for (int i = 0; i < width; i++) {
            int at = i;
            columns.append(", d.values[g.s").append(i).append(']');
            names.append(", s").append(i);
            arrays.append(", ")
                    .append(groups.stream()
                            .map(group -> at < group.slots().length ? "" + (group.slots()[at] + 1) : "NULL")
                            .collect(Collectors.joining(",", "'{", "}'::int[]")));
        }
        CopyReader.read(connection, sql(batch, groups, columns.toString(), names.toString(), arrays), row -> {
            Group group = groups.get((int) CopyReader.fieldLong(row) - 1);
            long time = CopyBuffer.millis(CopyReader.fieldLong(row));
            for (int slot : group.slots()) {
                add(group, slot, time, row);
            }
        });
    }

    private void readRows(Batch batch, List<Group> groups) throws SQLException {
        CopyReader.read(connection, sql(batch, groups, ", d.values", "", ""), row -> {
            Group group = groups.get((int) CopyReader.fieldLong(row) - 1);
            long time = CopyBuffer.millis(CopyReader.fieldLong(row));
            row.getInt();
            int length = CopyReader.beginArray(row);
            for (int slot = 0; slot < length; slot++) {
                add(group, slot, time, row);
            }
        });
    }

    private static void add(Group group, int slot, long time, ByteBuffer row) {
        if (row.getInt() < 0) {
            return;
        }
        double value = Double.longBitsToDouble(row.getLong());
        if (group.bySlot()[slot] != null) {
            group.bySlot()[slot].landed().add(time, value);
        }
    }

    private static String sql(Batch batch, List<Group> groups, String columns, String names, CharSequence arrays) {
        return "SELECT g.n, d.time" + columns + " FROM ROWS FROM (unnest("
                + Sql.array(groups.stream().mapToLong(Group::id), "bigint") + arrays + ")) WITH ORDINALITY g(id" + names
                + ", n) JOIN prom_data.landing d ON d.group_id = g.id WHERE d.time BETWEEN " + Sql.time(batch.from())
                + " AND " + Sql.time(batch.to());
    }
}
