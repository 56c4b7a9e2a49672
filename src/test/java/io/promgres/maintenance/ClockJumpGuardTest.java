package io.promgres.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.maintenance.JobStore.Schedule;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockJumpGuardTest {

    private static final Duration YEAR = Duration.ofDays(365);

    private final AtomicLong nanos = new AtomicLong(-1);
    private final ClockJumpGuard pause = new ClockJumpGuard(nanos::get);

    private boolean isOver(Duration since) {
        return isOver(since, Duration.ofMinutes(30));
    }

    private boolean isOver(Duration since, Duration interval) {
        return pause.isOver(new Schedule(true, interval, false, since));
    }

    @Test
    void aPauseOfADayIsBelievedAtOnce() {
        assertThat(isOver(Duration.ZERO)).isTrue();
        assertThat(isOver(ClockJumpGuard.BELIEVED)).isTrue();
    }

    @Test
    void aLongerOneIsDoubtedForAnHourByAClockThatNobodySets() {
        assertThat(isOver(YEAR)).isFalse();
        nanos.addAndGet(ClockJumpGuard.DOUBT.toNanos() - 1);
        assertThat(isOver(YEAR)).isFalse();
        nanos.addAndGet(1);
        assertThat(isOver(YEAR)).isTrue();
    }

    @Test
    void theDoubtBeginsAnewWhenTheClockWasRightInBetween() {
        assertThat(isOver(YEAR)).isFalse();
        nanos.addAndGet(ClockJumpGuard.DOUBT.toNanos());
        assertThat(isOver(Duration.ofHours(1))).isTrue();
        assertThat(isOver(YEAR)).isFalse();
    }

    @Test
    void aClockThatWasSetBackIsNoPause() {
        assertThat(isOver(YEAR.negated())).isTrue();
    }

    @Test
    void whoRunsItOnceAWeekIsNotDoubtedForPausesOfTwoWeeks() {
        Duration week = Duration.ofDays(7);
        assertThat(isOver(week.multipliedBy(2), week)).isTrue();
        assertThat(isOver(week.multipliedBy(2).plusMillis(1), week)).isFalse();
    }
}
