package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WriteFailuresTest {

    private long now;
    private final WriteFailures failures = new WriteFailures(() -> now);

    @Test
    void severalFailuresInSuccessionAreNamedUntilARequestIsStored() {
        failures.failed("no room");
        assertThat(failures.now()).isEmpty();
        failures.failed("still no room");
        assertThat(failures.now()).contains("still no room");
        failures.stored();
        assertThat(failures.now()).isEmpty();
    }

    @Test
    void failuresBetweenWhichRequestsAreStoredAreNone() {
        failures.failed("a session has ended");
        failures.stored();
        failures.failed("a session has ended");
        assertThat(failures.now()).isEmpty();
    }

    @Test
    void whereNoRequestComesFailuresAreForgottenAfterAMinuteSoThatRequestsComeAgain() {
        failures.failed("no room");
        failures.failed("no room");
        now = Duration.ofSeconds(59).toNanos();
        assertThat(failures.now()).isPresent();
        now = Duration.ofSeconds(60).toNanos();
        assertThat(failures.now()).isEmpty();
    }
}
