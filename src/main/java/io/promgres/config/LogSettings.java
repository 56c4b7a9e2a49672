package io.promgres.config;

import java.time.Duration;
import java.util.Optional;

/** What is logged, and how. */
public record LogSettings(
        @Setting(
                unset = SpecialValue.AS_LOGBACK,
                reload = true,
                option = "LEVEL",
                meaning = "What is logged: error, warn, info or debug. auto: as logback.xml says, which is info.")
        Optional<LogLevel> level,

        @Setting(
                value = "text",
                option = "FORMAT",
                meaning = "Lines of the log, on standard error: text, or json for an object in each line.")
        LogFormat format,

        @Setting(
                value = "1m",
                min = "0s",
                max = "1d",
                meaning = {
                    "Interval of the log line about throughput: samples and requests a second, the 99th percentile",
                    "of the latency, waiting requests. 0: no such line."
                })
        Duration throughputInterval) {}
