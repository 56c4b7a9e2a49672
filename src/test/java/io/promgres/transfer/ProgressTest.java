package io.promgres.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    private static final Instant END = START.plus(Duration.ofHours(4));

    private final StringWriter text = new StringWriter();
    private final AtomicLong nanos = new AtomicLong(7);

    @Test
    void aTerminalHasABarThatIsDrawnAgain() {
        Progress progress = new Progress(new PrintWriter(text), true, nanos::get);
        progress.begin(START, END, START);
        after(10);
        progress.reached(START.plus(Duration.ofHours(1)), 50_000, 0);
        assertThat(text)
                .hasToString("\r\u001b[K[######..................]  25 %, up to 2026-01-31T11:00:00Z, 50,000 samples,"
                        + " 5,000/s, 30 s to go");
        progress.end();
        assertThat(text.toString()).endsWith("to go\r\u001b[K");
    }

    @Test
    void elsewhereThereIsALineNowAndThen() {
        Progress progress = new Progress(new PrintWriter(text), false, nanos::get);
        progress.begin(START, END, START);
        after(5);
        progress.reached(START.plus(Duration.ofHours(1)), 10, 0);
        assertThat(text.toString()).isEmpty();
        after(5);
        progress.reached(START.plus(Duration.ofHours(2)), 20, 0);
        assertThat(text)
                .hasToString(" 50 %, up to 2026-01-31T12:00:00Z, 20 samples, 2/s, 10 s to go" + System.lineSeparator());
    }

    @Test
    void whatAnEarlierRunDidIsNotPartOfTheSpeed() {
        Progress progress = new Progress(new PrintWriter(text), false, nanos::get);
        progress.begin(START, END, START.plus(Duration.ofHours(2)));
        after(10);
        progress.reached(START.plus(Duration.ofHours(3)), 100, 0);
        assertThat(text.toString())
                .contains("Goes on at 2026-01-31T12:00:00Z")
                .contains(" 75 %")
                .contains("10 s to go");
    }

    private void after(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
