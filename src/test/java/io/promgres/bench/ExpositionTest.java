package io.promgres.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    @Test
    void aLineStandsForEachMetricWithEachCombinationOfLabelValues() {
        Exposition exposition = Exposition.parse("counter disk_{read,written}_total device=sda,sdb;host=h");
        List<String> series = new ArrayList<>();
        exposition.forEach((motion, labels) -> series.add(motion + " " + String.join(" ", Exposition.flat(labels))));
        assertThat(series)
                .hasSize(exposition.size())
                .containsExactly(
                        "COUNTER __name__ disk_read_total device sda host h",
                        "COUNTER __name__ disk_read_total device sdb host h",
                        "COUNTER __name__ disk_written_total device sda host h",
                        "COUNTER __name__ disk_written_total device sdb host h");
    }
}
