package io.promgres.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration: a value that never changes. {@link ConfigLoader} makes it.
 *
 * <p>This is where a key is added: a component with a {@link Setting}, here or in the record of its section, then
 * {@code config/promgres.yaml} as {@code check-config --print-config} prints it.
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
                unset = SpecialValue.EMBEDDED,
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

        @Flattened LogSettings log,

        WebSettings web,
        Ingest ingest,
        Storage storage,
        RemoteRead remoteRead,
        Promql promql,
        HaSettings ha,
        TenancySettings tenancy,
        SelfMonitoring selfMonitoring,
        Energy energy,
        PerfTest perfTest,
        Database database) {

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
                    unset = SpecialValue.QUARTER_OF_HEAP,
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
                    value = "25s",
                    min = "1s",
                    max = "10m",
                    meaning = {
                        "A write request that is not stored within this time of its headers is answered 503, and its",
                        "sender is to send it again. Prometheus gives up on a request after 30s."
                    })
            Duration requestTimeout,

            @Setting(
                    unset = SpecialValue.PROCESSORS,
                    min = "1",
                    max = "1024",
                    meaning = "Threads that decode requests. auto: as many as there are processors.")
            int workers,

            @Setting(
                    value = "2",
                    min = "1",
                    max = "16",
                    meaning = {
                        "Connections that write samples at one time, each those of its share of the series.",
                        "Each takes 10 MiB of memory."
                    })
            int writers,

            @Setting(
                    unset = SpecialValue.TWO_FIFTHS_OF_HEAP,
                    min = "1MiB",
                    meaning = "Memory for known series, in bytes. auto: two fifths of the heap.")
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
                    unset = SpecialValue.BUILT_IN,
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
