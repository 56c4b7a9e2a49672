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
                    "HOST:PORT to listen on for HTTP; [::1]:9201 for IPv6, port 0 for a free port.",
                    "An address other than the loopback needs a web.config-file with users, or insecure: true."
                })
        HostPort listen,

        @Setting(
                value = "false",
                option = "SWITCH",
                meaning = {
                    "Allow listening on an address that other machines reach, without authentication:",
                    "for a private network, or behind a proxy that authenticates."
                })
        boolean insecure,

        @Setting(
                unset = SpecialValue.EMBEDDED,
                option = "URI",
                meaning = {
                    "The database, in the form that psql takes: postgresql://user:password@host:port/database?sslmode=...",
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
                    "Migrate the schema of the database before serve starts.",
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
                    meaning =
                            "Maximum size of a request's body as sent (compressed), in bytes; above it the answer is 413.")
            long maxBodyBytes,

            @Setting(
                    value = "32MiB",
                    min = "1KiB",
                    max = "1GiB",
                    meaning =
                            "Maximum size of a request's body once decompressed, in bytes; above it the answer is 400.")
            long maxDecodedBytes,

            @Setting(
                    value = "10m",
                    min = "0s",
                    max = "365d",
                    meaning = "Maximum time that a sample may be ahead of both the daemon's and the database's clock.")
            Duration maxAhead,

            @Setting(
                    value = "100",
                    min = "1",
                    max = "500",
                    meaning = "Maximum number of labels of a series, the metric's name included; at most 500.")
            int maxLabels,

            @Setting(
                    value = "512",
                    min = "1",
                    max = "512",
                    meaning = "Maximum length of a label's name, in bytes of UTF-8; at most 512.")
            int maxLabelNameBytes,

            @Setting(
                    value = "2048",
                    min = "1",
                    max = "2048",
                    meaning = {
                        "Maximum length of a label's value, in bytes of UTF-8; at most 2048, because name and value",
                        "together must fit into an entry of a PostgreSQL index."
                    })
            int maxLabelValueBytes,

            @Setting(
                    value = "10000000",
                    min = "0",
                    reload = true,
                    meaning = {
                        "Maximum number of series in the database. Samples of further series are refused with 400, those of known",
                        "series are stored. 0: no limit. Counted every 10 minutes, while new series come."
                    })
            int maxSeries,

            @Setting(
                    value = "1000000",
                    min = "0",
                    reload = true,
                    meaning = {
                        "Maximum number of series that this daemon adds in a minute; further ones are refused until the minute is over.",
                        "0: no limit."
                    })
            int maxNewSeriesPerMinute,

            @Setting(
                    unset = SpecialValue.QUARTER_OF_HEAP,
                    min = "1MiB",
                    meaning = {
                        "Maximum number of decompressed bytes of all requests being worked on. Further requests wait.",
                        "auto: a quarter of the heap."
                    })
            long maxInFlightBytes,

            @Setting(
                    value = "5s",
                    min = "0s",
                    max = "10m",
                    meaning =
                            "Maximum time that a request waits for its turn; then it is answered 503, and the sender sends it again.")
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
                        "Number of parallel connections that write samples; series are divided among them.",
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
            Duration grace,

            @Setting(
                    value = "90d",
                    min = "1h",
                    max = "36500d",
                    meaning = {
                        "How long samples are kept; older ones are deleted. What SQL has set wins, for all metrics by",
                        "set_default_retention_period() or for one by set_metric_retention_period()."
                    })
            Duration retention,

            @Setting(
                    value = "none",
                    meaning = {
                        "Resolutions in which packed samples are also kept as rollups: none, 1h or 5m,1h. For metrics that have",
                        "no choice of their own, see prom_api.set_metric_rollups(); set_default_rollups() overrides this key."
                    })
            RollupList rollups) {}

    /** What remote read gives out. */
    public record RemoteRead(
            @Setting(
                    value = "2",
                    min = "1",
                    max = "100",
                    meaning = {
                        "Number of remote read requests that are answered in parallel, each on a connection to the",
                        "database; the others wait."
                    })
            int workers,

            @Setting(
                    value = "200000",
                    min = "1",
                    max = "10000000",
                    meaning = "Maximum number of series that a query may match; a query that matches more is refused.")
            int maxSeries,

            @Setting(
                    value = "5000000",
                    min = "1",
                    max = "50000000",
                    meaning = {
                        "Maximum number of samples of an answer that is not streamed: such an answer has to",
                        "be in memory as a whole. Prometheus asks for streamed answers."
                    })
            int maxSamples,

            @Setting(
                    value = "false",
                    meaning = {
                        "Say in streamed answers when series began to count, in encodings of chunks that Prometheus",
                        "reads from 3.12 on; an older one refuses such an answer. Senders of remote write 2.0 tell it."
                    })
            boolean startTimestamps) {}

    /** The daemon's own metrics, stored like any others. */
    public record SelfMonitoring(
            @Setting(
                    value = "15s",
                    min = "0s",
                    max = "1h",
                    meaning = "Interval at which the daemon stores its own metrics; 0: it does not.")
            Duration interval) {}

    /** The projection of samples onto the tables of schema energy. */
    public record Energy(
            @Setting(value = "true", meaning = "Fill the tables of schema energy from stored samples.")
            boolean enabled,

            @Setting(
                    value = "2m",
                    min = "1s",
                    max = "1h",
                    meaning = {
                        "How often the daemon computes the facts of new samples. A fact of the current bucket is written anew",
                        "each time, so that a shorter interval costs more WAL."
                    })
            Duration interval,

            @Setting(
                    unset = SpecialValue.BUILT_IN,
                    inline = true,
                    reload = true,
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
                    value = "perf_test_,profile_data_,none",
                    meaning = {
                        "Prefixes that reporters put in front of table names at /perf-test/, separated by commas or as a list:",
                        "with perf_test_ they post to /perf-test/perf_test_job and so on. none stands for no prefix."
                    })
            TablePrefixes prefixes,

            @Setting(
                    value = "1GiB",
                    min = "1KiB",
                    max = "2047MiB",
                    meaning = {
                        "Maximum size of a request's body at /perf-test/, in bytes; above it the answer is 413.",
                        "A large body is inserted while it arrives and takes some 2 MiB of memory."
                    })
            long maxBodyBytes) {}

    /** The connections to the database. */
    public record Database(
            @Setting(
                    value = "6",
                    min = "2",
                    max = "1000",
                    meaning = "Maximum number of connections to the database for the write path.")
            int poolSize,

            @Setting(
                    value = "25s",
                    min = "1s",
                    max = "10m",
                    meaning = {
                        "Maximum time that the database may take to answer the write path; then the connection is given up",
                        "and senders have to send again. Prometheus gives up on a request after 30s."
                    })
            Duration writeTimeout) {}
}
