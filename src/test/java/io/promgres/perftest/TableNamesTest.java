package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableNamesTest {

    private final TableNames names = new TableNames(List.of("perf_test_", "profile_data_", ""));

    @Test
    void everyTableIsFoundBehindEveryPrefix() {
        for (Table table : Table.values()) {
            assertThat(names.find("perf_test_" + table.suffix())).contains(table);
            assertThat(names.find("profile_data_" + table.suffix())).contains(table);
            assertThat(names.find(table.suffix())).contains(table);
        }
    }

    @Test
    void anyOtherNameIsNoTable() {
        assertThat(List.of("", "perf_test_", "Perf_test_job", "perf_test_job ", "perf_test_perf_test_job", "pg_class"))
                .allSatisfy(name -> assertThat(names.find(name)).isEmpty());
    }
}
