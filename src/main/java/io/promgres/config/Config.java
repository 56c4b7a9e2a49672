package io.promgres.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration: a value that never changes. {@link ConfigLoader} makes it.
 *
 * <p>This is where a key is added: a component with a {@link Setting}, then {@code config/promgres.yaml} as
 * {@code check-config --print-config} prints it.
 */
public record Config(
        @Setting(
                value = "127.0.0.1:9201",
                option = "HOST:PORT",
                meaning = {
                    "HOST:PORT where HTTP requests are taken; [::1]:9201 for IPv6, port 0 for a free one.",
                    "Other addresses than the loopback need a web.config-file with users, or insecure."
                })
        HostPort listen,

        @Setting(
                value = "false",
                option = "SWITCH",
                meaning = {
                    "Whether it may listen where other machines reach it although nobody is asked who he is:",
                    "for a private network, or behind a proxy that asks."
                })
        boolean insecure,

        @Setting(
                unset = Unset.EMBEDDED,
                option = "URI",
                meaning = {
                    "The database, as psql takes it: postgresql://user:password@host:port/database?sslmode=...",
                    "(a jdbc:postgresql: URL works too). PostgreSQL 15 to 18; the user must own the database.",
                    "embedded: a PostgreSQL that promgres starts and keeps in data-dir."
                })
        Optional<DatabaseUri> db,

        @Setting(
                value = "./promgres-data",
                option = "DIR",
                meaning = "Directory of the embedded database; made if absent, unused if db names a database.")
        Path dataDir,

        @Setting(
                value = "5439",
                min = "0",
                max = "65535",
                option = "PORT",
                meaning = "Port of the embedded database on 127.0.0.1; 0 for a free one at every start.")
        int dbPort,

        @Setting(
                value = "true",
                option = "SWITCH",
                meaning = {
                    "Whether serve brings the schema of the database up to date before it starts.",
                    "With false (--no-migrate), run promgres migrate first."
                })
        boolean migrate,

        @Setting(
                unset = Unset.AS_LOGBACK,
                reload = true,
                option = "LEVEL",
                meaning = "What is logged: error, warn, info or debug. auto: as logback.xml says, which is info.")
        Optional<LogLevel> logLevel,

        @Setting(
                value = "text",
                option = "FORMAT",
                meaning = "Lines of the log, on standard error: text, or json for an object in each line.")
        LogFormat logFormat,

        @Setting(
                value = "1m",
                min = "0s",
                max = "1d",
                meaning = {
                    "How often a line says what was taken in: samples and requests a second, the 99th percentile",
                    "of the latency, requests that wait. 0 for never."
                })
        Duration logThroughputInterval,

        Web web,
        Ingest ingest,
        Storage storage,
        RemoteRead remoteRead,
        Ha ha,
        Tenancy tenancy,
        SelfMonitoring selfMonitoring,
        Energy energy,
        PerfTest perfTest,
        Database database) {

    /** How HTTP is served, to whom, and to how many. */
    public record Web(
            @Setting(
                    unset = Unset.NO_FILE,
                    option = "FILE",
                    meaning = {
                        "TLS, users and tokens, in the form of Prometheus' web config file. It and the files that it",
                        "names are looked at every 5 seconds. none: plain HTTP, and nobody is asked."
                    })
            Optional<Path> configFile,

            @Setting(
                    value = "false",
                    option = "SWITCH",
                    meaning = "Whether POST /-/reload reads the configuration again; SIGHUP always does.")
            boolean enableLifecycle,

            @Setting(
                    value = "4096",
                    min = "0",
                    max = "1000000",
                    reload = true,
                    meaning = "Most connections at one time; one more is answered 503 and closed. 0: no limit.")
            int maxConnections,

            @Setting(
                    value = "1024",
                    min = "0",
                    max = "1000000",
                    reload = true,
                    meaning = "Most requests being worked on; one more is answered 503. 0: no limit.")
            int maxRequests,

            @Setting(
                    value = "16KiB",
                    min = "1KiB",
                    max = "1MiB",
                    reload = true,
                    meaning = "Most bytes of a request's headers; above it the answer is 431.")
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

    /** Limits of what is taken in, and the resources for it. */
    public record Ingest(
            @Setting(
                    value = "32MiB",
                    min = "1KiB",
                    max = "1GiB",
                    meaning = "Largest body of a request as sent (compressed), in bytes; above it the answer is 413.")
            long maxBodyBytes,

            @Setting(
                    value = "32MiB",
                    min = "1KiB",
                    max = "1GiB",
                    meaning = "Largest body of a request once decompressed, in bytes; above it the answer is 413.")
            long maxDecodedBytes,

            @Setting(
                    value = "10m",
                    min = "0s",
                    max = "365d",
                    meaning =
                            "A sample that is further ahead than this of both the daemon's and the database's clock is refused.")
            Duration maxAhead,

            @Setting(
                    value = "100",
                    min = "1",
                    max = "500",
                    meaning = "Most labels a series may have, the metric's name included; 500 at most.")
            int maxLabels,

            @Setting(
                    value = "512",
                    min = "1",
                    max = "512",
                    meaning = "Longest name of a label, in bytes of UTF-8; 512 at most.")
            int maxLabelNameBytes,

            @Setting(
                    value = "2048",
                    min = "1",
                    max = "2048",
                    meaning = {
                        "Longest value of a label, in bytes of UTF-8; 2048 at most, because name and value",
                        "together must fit into an entry of a PostgreSQL index."
                    })
            int maxLabelValueBytes,

            @Setting(
                    value = "10000000",
                    min = "0",
                    reload = true,
                    meaning = {
                        "Most series in the database: samples of one more are refused with 400, those of known series",
                        "are stored. 0: no limit. Counted every 10 minutes, while new series come."
                    })
            int maxSeries,

            @Setting(
                    value = "1000000",
                    min = "0",
                    reload = true,
                    meaning = {
                        "Most series that this daemon adds in a minute; as above beyond that, until the minute is over.",
                        "0: no limit."
                    })
            int maxNewSeriesPerMinute,

            @Setting(
                    unset = Unset.QUARTER_OF_HEAP,
                    min = "1MiB",
                    meaning = {
                        "Decompressed bytes of all requests being worked on. Requests over it wait.",
                        "auto: a quarter of the heap."
                    })
            long maxInFlightBytes,

            @Setting(
                    value = "5s",
                    min = "0s",
                    max = "10m",
                    meaning =
                            "A request that has waited this long for its turn is answered 503; Prometheus sends it again.")
            Duration queueTimeout,

            @Setting(
                    unset = Unset.PROCESSORS,
                    min = "1",
                    max = "1024",
                    meaning = "Threads that decode requests. auto: as many as there are processors.")
            int workers,

            @Setting(
                    unset = Unset.QUARTER_OF_HEAP,
                    min = "1MiB",
                    meaning = "Memory for known series, in bytes. auto: a quarter of the heap.")
            long seriesCacheBytes) {}

    /** How samples are kept. */
    public record Storage(
            @Setting(
                    value = "2h",
                    min = "1m",
                    max = "7d",
                    meaning = "Length of a block: the time range that is kept, and later packed, as one.")
            Duration block,

            @Setting(
                    value = "10m",
                    min = "0s",
                    max = "7d",
                    meaning = "How long after its end a block still waits for late samples.")
            Duration grace) {}

    /** What remote read gives out. */
    public record RemoteRead(
            @Setting(
                    value = "2",
                    min = "1",
                    max = "100",
                    meaning = {
                        "Remote read requests that are answered at one time, each on a connection to the",
                        "database; the others wait."
                    })
            int workers,

            @Setting(
                    value = "200000",
                    min = "1",
                    max = "10000000",
                    meaning = "A query that matches more series than this is refused.")
            int maxSeries,

            @Setting(
                    value = "5000000",
                    min = "1",
                    max = "50000000",
                    meaning = {
                        "An answer of more samples than this is refused, if it is not streamed: it would have to",
                        "be in memory as a whole. Prometheus asks for streams."
                    })
            int maxSamples) {}

    /** Replicas that send the same. */
    public record Ha(
            @Setting(
                    value = "false",
                    meaning = {
                        "Whether of replicas of Prometheus that scrape the same one is stored: the one that leads.",
                        "What the others send is acknowledged and dropped."
                    })
            boolean enabled,

            @Setting(
                    value = "__replica__",
                    meaning = {
                        "The label that tells the replicas of a cluster apart: an external label of each. Series are",
                        "stored without it. A series that has not both labels is stored as it is."
                    })
            String replicaLabel,

            @Setting(value = "cluster", meaning = "The label that the replicas have in common.")
            String clusterLabel,

            @Setting(
                    value = "30s",
                    min = "1s",
                    max = "1h",
                    meaning = {
                        "A leader that has sent nothing for so long gives way to the next replica that does. Longer",
                        "than the scrape interval. All daemons of a database need the same."
                    })
            Duration silence) {

        /** @throws IllegalArgumentException if these are not two labels that series can do without */
        public Ha {
            if (replicaLabel.equals(clusterLabel)
                    || List.of(replicaLabel, clusterLabel).contains("__name__")) {
                throw new IllegalArgumentException(
                        "replica-label and cluster-label are two labels, and neither is __name__");
            }
        }
    }

    /** Several owners of series in one database. */
    public record Tenancy(
            @Setting(
                    value = "none",
                    meaning = {
                        "The tenants, separated by commas. Each series then has the label __tenant__, which only",
                        "promgres sets. none: there are no tenants, and that label is one like any other."
                    })
            Names tenants,

            @Setting(value = "X-Scope-OrgID", meaning = "The header of a request that names its tenant.")
            String header,

            @Setting(value = "false", meaning = "Whether a label of each series names its tenant, and not the header.")
            boolean byLabel,

            @Setting(value = "__tenant__", meaning = "That label. It stays.")
            String label,

            @Setting(
                    value = "true",
                    meaning = "Whether what names no tenant is refused with a 400, or stored without a tenant.")
            boolean required) {}

    /** The daemon's own metrics, stored like any others. */
    public record SelfMonitoring(
            @Setting(
                    value = "15s",
                    min = "0s",
                    max = "1h",
                    meaning = "How often the daemon stores its own metrics; 0 for never.")
            Duration interval) {}

    /** The projection of samples onto the tables of schema energy. */
    public record Energy(
            @Setting(value = "true", meaning = "Whether the tables of schema energy are filled from stored samples.")
            boolean enabled,

            @Setting(
                    unset = Unset.BUILT_IN,
                    inline = true,
                    meaning = {
                        "Files of rules, separated by commas: which metrics are usage, and how they are counted.",
                        "Rules are added to the built-in ones, or take the place of one with the same name.",
                        "config/energy has ready-made ones. built-in: no files. Or what such a file has, here, below",
                        "this key: rules, power, carbon, workspaces, and files with a list of files to read before."
                    })
            List<Path> rules) {}

    /** Results of performance tests, taken at /perf-test/. */
    public record PerfTest(
            @Setting(
                    value = "perf_test_",
                    meaning = {
                        "What reporters put in front of table names at /perf-test/, separated by commas:",
                        "with perf_test_ they post to /perf-test/perf_test_job and so on. none: nothing."
                    })
            TablePrefixes prefixes,

            @Setting(
                    value = "32MiB",
                    min = "1KiB",
                    max = "256MiB",
                    meaning = "Largest body of a request at /perf-test/, in bytes; above it the answer is 413.")
            long maxBodyBytes) {}

    /** The connections to the database. */
    public record Database(
            @Setting(value = "6", min = "2", max = "1000", meaning = "Most connections to the database at one time.")
            int poolSize,

            @Setting(
                    value = "25s",
                    min = "1s",
                    max = "10m",
                    meaning = {
                        "How long the database may take to answer the write path, before the connection is given up",
                        "and senders are asked to come again. Prometheus gives up on a request after 30s."
                    })
            Duration writeTimeout) {}
}
