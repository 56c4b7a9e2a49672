package io.promgres.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import io.promgres.config.LogFormat;
import java.util.TimeZone;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the lines of the log look like. */
public final class LogOutput {

    // As it is called in logback.xml.
    private static final String APPENDER = "STDERR";
    private static final String ZONE = "promgres.log.zone";

    private LogOutput() {}

    /**
     * Has the process compute in UTC, and its log show the time of this machine. Before anything is logged: the driver of
     * the database tells the zone of the process to the server, which does not know all of Java's.
     */
    public static void keepLocalTime() {
        System.setProperty(ZONE, TimeZone.getDefault().toZoneId().getId());
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    /** Changes the format, unless the operator's logback.xml has another output. */
    static void use(LogFormat format) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Appender<ILoggingEvent> appender =
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
        if (format == LogFormat.JSON && appender instanceof ConsoleAppender<ILoggingEvent> console) {
            console.stop();
            console.setEncoder(json(context));
            console.start();
        }
    }

    private static JsonEncoder json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }
}
