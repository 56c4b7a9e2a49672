package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.http.Request;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunningCallsTest {

    private static final Duration TIMEOUT = Duration.ofHours(1);

    private final RunningCalls calls = new RunningCalls();

    /** @param waited for its turn */
    private record Client(Duration waited) implements Request.Client {
        @Override
        public void whenGone(Runnable action) {}
    }

    private long remainingMillisAfter(Duration waited) throws Exception {
        Request request = new Request(null, new byte[0], 0, 0, new Client(waited));
        return calls.run(request, TIMEOUT, call -> {
            call.check();
            return call.remainingMillis();
        });
    }

    @Test
    void whatWasWaitedForATurnIsOffTheTimeout() throws Exception {
        assertThat(remainingMillisAfter(Duration.ofMinutes(45)))
                .isBetween(1L, Duration.ofMinutes(15).toMillis());
    }

    @Test
    void aTurnThatComesWhenTheTimeIsOverIsNotTaken() {
        assertThatThrownBy(() -> remainingMillisAfter(TIMEOUT.plusSeconds(1)))
                .isInstanceOf(QueryRefusedException.class)
                .hasMessage("query timed out in expression evaluation");
    }
}
