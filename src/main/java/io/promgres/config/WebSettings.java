package io.promgres.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How HTTP is served, to whom, and to how many. */
public record WebSettings(
        @Setting(
                unset = SpecialValue.NO_FILE,
                option = "FILE",
                meaning = {
                    "TLS, users and tokens, in the form of Prometheus' web config file. promgres looks at it and",
                    "at the files it names every 5 seconds. none: plain HTTP without authentication."
                })
        Optional<Path> configFile,

        @Setting(
                value = "none",
                meaning = {
                    "Names by which browsers and proxies reach promgres on the loopback while it has no users, separated",
                    "by commas: a request whose Host has another name with a dot is refused, since any web page may make",
                    "one of its own domain lead to 127.0.0.1. localhost and addresses are always right."
                })
        NameList allowedHosts,

        @Setting(
                value = "false",
                option = "SWITCH",
                meaning = "Let POST /-/reload read the configuration again; SIGHUP always does.")
        boolean enableLifecycle,

        @Setting(
                value = "4096",
                min = "0",
                max = "1000000",
                reload = true,
                meaning = "Maximum number of open connections; the next one is answered 503 and closed. 0: no limit.")
        int maxConnections,

        @Setting(
                value = "1024",
                min = "0",
                max = "1000000",
                reload = true,
                meaning = "Maximum number of requests being worked on; the next one is answered 503. 0: no limit.")
        int maxRequests,

        @Setting(
                value = "16KiB",
                min = "1KiB",
                max = "1MiB",
                reload = true,
                meaning = "Maximum size of a request's headers, in bytes; above it the answer is 431.")
        long maxHeaderBytes,

        @Setting(
                value = "1m",
                min = "100ms",
                max = "1h",
                reload = true,
                meaning = {
                    "How long the headers of a connection's first request may take, a body, and a client",
                    "to take an answer; then the connection is closed."
                })
        Duration readTimeout,

        @Setting(
                value = "6m",
                min = "1s",
                max = "1d",
                reload = true,
                meaning = {
                    "How long a connection may be idle between two requests. Longer than the 5 minutes after",
                    "which Prometheus closes its own, so that no request meets a connection that is closing."
                })
        Duration idleTimeout) {}
