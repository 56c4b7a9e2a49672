package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelOrderTest {

    @Test
    void seriesAreOrderedNameByNameAndValueByValueAndThePrefixComesFirst() {
        List<LabelSet> ordered = List.of(
                LabelSet.ofSorted("A", "z", "__name__", "up"),
                LabelSet.ofSorted("__name__", "down", "z", "9"),
                LabelSet.ofSorted("__name__", "up"),
                LabelSet.ofSorted("__name__", "up", "a", "1"),
                LabelSet.ofSorted("__name__", "up", "a", "10"),
                LabelSet.ofSorted("__name__", "up", "a", "2"),
                LabelSet.ofSorted("__name__", "up", "b", "1"));
        for (int i = 1; i < ordered.size(); i++) {
            assertThat(LabelOrder.INSTANCE.compare(ordered.get(i - 1), ordered.get(i)))
                    .isNegative();
            assertThat(LabelOrder.INSTANCE.compare(ordered.get(i), ordered.get(i - 1)))
                    .isPositive();
            assertThat(LabelOrder.INSTANCE.compare(ordered.get(i), ordered.get(i)))
                    .isZero();
        }
    }

    @Test
    void textIsOrderedByCodePoint() {
        assertThat(LabelOrder.compareText("\uff41", "\ud83d\ude00")).isNegative();
        assertThat(LabelOrder.compareText("\ud83d\ude00", "\ud83d\ude01")).isNegative();
        assertThat(LabelOrder.compareText("z", "ä")).isNegative();
    }
}
