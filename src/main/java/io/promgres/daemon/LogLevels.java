package io.promgres.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.promgres.config.LogLevel;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Sets the level of promgres' own events; those of libraries are as logback.xml says. */
final class LogLevels {

    private static final Logger OURS = (Logger) LoggerFactory.getLogger("io.promgres");
    private static final Level AT_START = OURS.getLevel();

    private LogLevels() {}

    /** @param level empty for what logback.xml says */
    static void set(Optional<LogLevel> level) {
        OURS.setLevel(level.map(one -> Level.valueOf(one.name())).orElse(AT_START));
    }
}
