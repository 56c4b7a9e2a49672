package io.promgres.config;

import java.util.Arrays;
import java.util.Locale;

/** From which importance on events are logged. */
public enum LogLevel {
    /** Samples are not being stored. */
    ERROR,
    /** An operator should look. */
    WARN,
    /** Starts, stops, rare events. */
    INFO,
    /** Each flush. */
    DEBUG;

    /** @throws IllegalArgumentException it is none of them */
    static LogLevel parse(String text) {
        return Arrays.stream(values())
                .filter(level -> level.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\" is not error, warn, info or debug"));
    }

    /** As in the configuration: in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
