package io.promgres.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.promgres.status.DaemonState.Problem;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Keeps the last lines of promgres' own log that are warnings or errors. Thread-safe. */
final class LastProblems extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final int MOST = 5;
    private static final int LONGEST = 500;
    // A sender's mistake is no problem of the daemon's; the page has it under Refused.
    private static final String OF_A_SENDER = "refused: ";
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("io.promgres");

    private final Deque<Problem> last = new ArrayDeque<>();

    /** Hears of what is logged from now on, until it is closed. */
    static LastProblems listen() {
        LastProblems problems = new LastProblems();
        problems.setContext(OURS.getLoggerContext());
        problems.start();
        OURS.addAppender(problems);
        return problems;
    }

    @Override
    protected void append(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        if (event.getLevel().isGreaterOrEqual(Level.WARN) && !message.startsWith(OF_A_SENDER)) {
            add(new Problem(
                    event.getTimeStamp(),
                    event.getLevel().toString(),
                    message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "..."));
        }
    }

    private void add(Problem problem) {
        synchronized (last) {
            last.addFirst(problem);
            if (last.size() > MOST) {
                last.removeLast();
            }
        }
    }

    /** The last one first. */
    List<Problem> latest() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    @Override
    public void close() {
        OURS.detachAppender(this);
        stop();
    }
}
