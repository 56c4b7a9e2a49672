package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UnexpectedErrorLogTest {

    private final AtomicLong clock = new AtomicLong();
    private final Logger logger = (Logger) LoggerFactory.getLogger(UnexpectedErrorLogTest.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final UnexpectedErrorLog faults = new UnexpectedErrorLog(logger, clock::get);

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    @Test
    void aRepeatedBugIsLoggedOnceInTenSecondsWithTheNumberOfTheOthers() {
        IllegalStateException bug = new IllegalStateException("x");
        faults.report("POST /write failed", bug);
        faults.report("POST /write failed", bug);
        faults.report("POST /write failed", bug);
        assertThat(logged.list).hasSize(1);

        clock.addAndGet(TimeUnit.SECONDS.toNanos(10));
        faults.report("POST /write failed", bug);

        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "POST /write failed (a bug; 0 more since the last report)",
                        "POST /write failed (a bug; 2 more since the last report)");
    }
}
