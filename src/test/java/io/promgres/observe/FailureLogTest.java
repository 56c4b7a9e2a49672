package io.promgres.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class FailureLogTest {

    private static final SQLException AWAY = new SQLException("connection refused");

    private final Logger logger = (Logger) LoggerFactory.getLogger("FailureLogTest");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long now;
    private final FailureLog log = new FailureLog(logger, Level.WARN, "it cannot be written", () -> now);

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
        logger.addAppender(lines);
        lines.start();
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private List<String> messages() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aThousandFailuresInAMinuteAreOneLine() {
        for (int i = 0; i < 1000; i++) {
            log.failed(AWAY);
        }
        assertThat(messages()).containsExactly("it cannot be written: java.sql.SQLException: connection refused");
    }

    @Test
    void afterAMinuteALineCountsThem() {
        for (int second = 0; second <= 60; second++) {
            log.failed(AWAY);
            pass(1);
        }
        assertThat(messages())
                .hasSize(2)
                .last()
                .isEqualTo("it cannot be written (and 59 times since the last report):"
                        + " java.sql.SQLException: connection refused");
    }

    @Test
    void theEndOfAnOutageSaysHowLongItWas() {
        log.failed(AWAY);
        pass(3);
        log.failed(AWAY);
        pass(2);
        log.succeeded();
        log.succeeded();
        assertThat(messages()).hasSize(2).last().isEqualTo("no longer: it cannot be written (2 times in 5.0 s)");
    }

    @Test
    void whatFailsAndWorksByTurnsIsNoFlood() {
        for (int i = 0; i < 30; i++) {
            log.failed(AWAY);
            log.succeeded();
            pass(1);
        }
        assertThat(messages()).hasSize(2);
    }

    @Test
    void whatNobodyExpectsHasItsStackOnce() {
        log.failed(new IllegalStateException("a bug"));
        pass(61);
        log.failed(new IllegalStateException("a bug"));
        assertThat(lines.list).hasSize(2);
        assertThat(lines.list.get(0).getThrowableProxy().getMessage()).isEqualTo("a bug");
        assertThat(lines.list.get(1).getThrowableProxy()).isNull();
    }
}
