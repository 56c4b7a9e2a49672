package io.promgres.perftest;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The tables by the names that reporters use: each suffix behind each prefix. Immutable. */
public final class TableNames {

    private final Map<String, Table> byName;

    /** @param prefixes that reporters are configured with; one may be empty */
    public TableNames(Collection<String> prefixes) {
        Map<String, Table> names = new HashMap<>();
        for (String prefix : prefixes) {
            for (Table table : Table.values()) {
                names.put(prefix + table.suffix(), table);
            }
        }
        byName = Map.copyOf(names);
    }

    public Optional<Table> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
