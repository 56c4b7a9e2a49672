package io.promgres.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentWritesTest {

    private static final long GROUP = 7;
    private static final long TIME = 1_000;

    private final RecentWrites written = new RecentWrites();

    @Test
    void aRowOfAnUnknownGroupIsTheFirstPart() {
        assertThat(written.next(GROUP, TIME, 1)).isZero();
    }

    @Test
    void otherSeriesOfTheSameTimeAreFurtherParts() {
        write(TIME, 0b001, 0);
        assertThat(written.next(GROUP, TIME, 0b110)).isEqualTo(1);
        write(TIME, 0b110, 1);
        assertThat(written.next(GROUP, TIME, 0b1000)).isEqualTo(2);
    }

    @Test
    void aSeriesThatHasAValueHasToBeLookedUp() {
        write(TIME, 0b011, 0);
        assertThat(written.next(GROUP, TIME, 0b110)).isEqualTo(RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME, Long.MIN_VALUE)).isEqualTo(1);
    }

    @Test
    void whatWasMergedHasToBeLookedUpFromThenOn() {
        write(TIME, 0b1, RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME, 0b10)).isEqualTo(RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME + 1, 0b10)).isZero();
    }

    @Test
    void aTimeThatWasSkippedIsAFirstPart() {
        write(TIME, 1, 0);
        write(TIME + 2, 1, 0);
        assertThat(written.next(GROUP, TIME + 1, 1)).isZero();
        assertThat(written.next(GROUP, TIME - 1, 1)).isZero();
    }

    @Test
    void timesThatWereForgottenForNewerOnesHaveToBeLookedUp() {
        for (int i = 0; i <= RecentWrites.MOST_TIMES; i++) {
            write(TIME + i, 1, 0);
        }
        assertThat(written.next(GROUP, TIME, 0b10)).isEqualTo(RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME - 1, 0b10)).isEqualTo(RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME + 1, 0b10)).isEqualTo(1);
        write(TIME, 0b10, RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME, 0b100)).isEqualTo(RecentWrites.UNKNOWN);
    }

    @Test
    void whatWasForgottenHasToBeLookedUpAndWhatIsNewerNot() {
        write(TIME, 1, 0);
        write(TIME + 5, 1, 0);
        written.forget();
        assertThat(written.next(GROUP, TIME, 0b10)).isEqualTo(RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME + 5, 0b10)).isEqualTo(RecentWrites.UNKNOWN);
        assertThat(written.next(GROUP, TIME + 6, 0b10)).isZero();
    }

    @Test
    void noPartIsEverGivenTwiceAndNoneToAValueThatIsThere() {
        Random random = new Random(3);
        Map<String, Long> present = new HashMap<>();
        Map<String, Integer> parts = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            long group = 1 + random.nextInt(3_000);
            long time = i / 2_000 + random.nextInt(30);
            long series = 1L << random.nextInt(64) | random.nextLong() & random.nextLong() & random.nextLong();
            String row = group + "@" + time;
            int part = written.next(group, time, series);
            if (part != RecentWrites.UNKNOWN) {
                assertThat(present.getOrDefault(row, 0L) & series).isZero();
                assertThat(part).isEqualTo(parts.getOrDefault(row, 0));
                parts.merge(row, 1, Integer::sum);
            } else {
                parts.put(row, RecentWrites.UNKNOWN - 1);
            }
            present.merge(row, series, (a, b) -> a | b);
            written.note(group, time, series, part);
        }
    }

    private void write(long time, long present, int part) {
        written.note(GROUP, time, present, part);
    }
}
