package io.promgres.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {

    @TempDir
    private Path directory;

    @Test
    void withNothingSetTheShippedFileIsPrinted() {
        assertThat(Path.of("config/promgres.yaml")).hasContent(load("").print());
    }

    @Test
    void theShippedSchemaIsThatOfTheKeys() throws IOException {
        Path schema = Path.of("config/promgres.schema.json");
        if (Boolean.getBoolean("promgres.write")) {
            Files.writeString(schema, ConfigSchema.text());
        }
        assertThat(schema).hasContent(ConfigSchema.text());
    }

    @Test
    void theShippedFileSetsEveryKeyToItsDefault() {
        ConfigLoader shipped = ConfigLoader.load(Optional.of(Path.of("config/promgres.yaml")), Map.of(), Map.of());

        assertThat(shipped.config()).isEqualTo(load("").config());
    }

    @Test
    void defaultsAreTheDocumentedOnes() {
        Config config = load("").config();

        assertThat(config.listen()).isEqualTo(new HostPort("127.0.0.1", 9201));
        assertThat(config.db()).isEmpty();
        assertThat(config.dataDir()).isEqualTo(Path.of("./promgres-data"));
        assertThat(config.dbPort()).isEqualTo(5439);
        assertThat(config.migrate()).isTrue();
        assertThat(config.ingest().maxBodyBytes()).isEqualTo(32L << 20);
        assertThat(config.ingest().maxAhead()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.ingest().workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.ingest().maxInFlightBytes())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndTheEnvironmentOverTheFile() {
        Path file = write("listen: file:1\ndb-port: 1\ndata-dir: file\n");
        Map<String, String> environment = Map.of("PROMGRES_LISTEN", "env:2", "PROMGRES_DB_PORT", "2");
        Config config = ConfigLoader.load(Optional.of(file), Map.of("listen", "cli:3"), environment)
                .config();

        assertThat(config.listen()).isEqualTo(new HostPort("cli", 3));
        assertThat(config.dbPort()).isEqualTo(2);
        assertThat(config.dataDir()).isEqualTo(Path.of("file"));
    }

    @Test
    void theEnvironmentMayNameTheFile() {
        Path file = write("db-port: 7\n");

        assertThat(ConfigLoader.load(Optional.empty(), Map.of(), Map.of("PROMGRES_CONFIG", file.toString()))
                        .config()
                        .dbPort())
                .isEqualTo(7);
    }

    @Test
    void aSectionWithAllKeysCommentedOutIsAsGoodAsAbsent() {
        assertThat(load("ingest:\n  # workers: 3\nstorage:\n  block: 1h\n")
                        .config()
                        .storage()
                        .block())
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aSettingOfSeveralValuesMayBeAYamlList() {
        assertThat(load("perf-test:\n  prefixes: [a_, none]\n")
                        .config()
                        .perfTest()
                        .prefixes()
                        .list())
                .containsExactly("a_", "");
        assertThat(load("energy:\n  rules:\n    - a.yaml\n    - b.yaml\n")
                        .config()
                        .energy()
                        .rules())
                .containsExactly(Path.of("a.yaml"), Path.of("b.yaml"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "perf-test:\\n  prefixes: [a_, [b_]]|:2: perf-test.prefixes needs a list of single values",
                "perf-test:\\n  prefixes: ['a_,b_']|:2: perf-test.prefixes needs a list of single values",
                "listne: 127.0.0.1:1|:1: unknown key listne; did you mean listen?",
                "ingest:\\n  max-lables: 3|:2: unknown key ingest.max-lables; did you mean ingest.max-labels?",
                "zzzzzzzzzzz: 1|:1: unknown key zzzzzzzzzzz",
                "migrate: true\\nmigrate: true|:2: the key migrate stands here for the second time",
                "ingest:\\n  workers: 1\\ningest:\\n  workers: 2|:3: the key ingest stands here for the second time",
                "ingest:\\n  workers: 1\\ningest.workers: 2|:3: the key ingest.workers stands here for the second time",
                "migrate:|:1: migrate has no value; leave the key out for its default",
                "migrate: yes|:1: migrate: \"yes\" is neither true nor false",
                "db-port: 65536|:1: db-port: 65536 is more than 65535",
                "ingest:\\n  workers: 0|:2: ingest.workers: 0 is less than 1",
                "ingest:\\n  max-label-value-bytes: 2049|:2: ingest.max-label-value-bytes: 2049 is more than 2048",
                "ingest: 3|:1: ingest is a section and needs keys below it, not a value",
                "listen: [a]|:1: listen needs a single value",
                "listen: {a: b}|:1: listen needs a single value",
                "data-dir: &x y\\ndb: *x|:2: db is an alias; write the value itself",
                "perf-test:\\n  prefixes: [&x a_, *x]|:2: prefixes is an alias; write the value itself",
                "db: !!binary aGFsbG8=|:1: db needs a text, not bytes",
                "ingest:\\n  workers: 1\\n  workers: 2|:3: the key workers stands here for the second time",
                "- listen|:1: expected keys with values, such as listen: 127.0.0.1:9201",
                "listen: a:1\\n---\\nlisten: b:1|:3: expected one YAML document, not several",
                "listen: 127.0.0.1|:1: listen: \"127.0.0.1\" has no port: write HOST:PORT, such as 127.0.0.1:9201",
                "db: mysql://x|:1: db: a database URI starts with postgresql://, postgres:// or jdbc:postgresql:",
            })
    void aWrongFileIsRefusedWithLineAndReason(String yaml, String message) {
        assertThatThrownBy(() -> load(yaml.replace("\\n", "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(directory.resolve("promgres.yaml") + message);
    }

    @Test
    void whatIsNotYamlIsRefusedWithItsLine() {
        assertThatThrownBy(() -> load("listen: a:1\ndb: 'postgresql:\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(".*promgres.yaml:[23]: not YAML: .*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "listen: 127.0.0.1:9201\\n\\tdb: x|:2: not YAML: |a tab",
                "listen: 127.0.0.1:1\\ndb: 'x\\n|:3: not YAML: |that begins in line 2",
                "ingest:\\nworkers: 3|:2: unknown key workers; |did you mean ingest.workers or remote-read.workers?",
                "ingest:\\n  retention: 3d|:2: unknown key ingest.retention; |did you mean storage.retention?",
            })
    void whatIsMisplacedIsNamedWithItsLineAndWhatIsRight(String yaml, String where, String right) {
        assertThatThrownBy(() -> load(yaml.replace("\\n", "\n").replace("\\t", "\t")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("promgres.yaml" + where)
                .hasMessageContaining(right)
                .hasMessageNotContaining("\n");
    }

    @Test
    void anAddressWithoutAHostSaysWhichThereAre() {
        assertThatThrownBy(() -> load("listen: :9201"))
                .hasMessageContaining("127.0.0.1:9201 for this machine")
                .hasMessageContaining("0.0.0.0:9201 for all addresses");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(Path.of("no.yaml")), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("no.yaml: there is no such file");
    }

    @Test
    void anUnknownEnvironmentVariableIsRefusedAndTheNearestNamed() {
        assertThatThrownBy(() -> load(Map.of("PROMGRES_LISTN", "x")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("environment variable PROMGRES_LISTN: there is no such setting;"
                        + " did you mean PROMGRES_LISTEN?");
    }

    @Test
    void aWrongEnvironmentVariableIsNamed() {
        assertThatThrownBy(() -> load(Map.of("PROMGRES_INGEST_QUEUE_TIMEOUT", "5")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("environment variable PROMGRES_INGEST_QUEUE_TIMEOUT: \"5\" is not a duration:"
                        + " write a number and ms, s, m, h or d, such as 10m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROMGRES_SERVICE_HOST",
                "PROMGRES_SERVICE_PORT",
                "PROMGRES_SERVICE_PORT_HTTP",
                "PROMGRES_PORT",
                "PROMGRES_PORT_9201_TCP",
                "PROMGRES_PORT_9201_TCP_ADDR",
                "PROMGRES_HEADLESS_SERVICE_HOST",
                "PROMGRES_DB_PORT",
                "OTHER"
            })
    void variablesThatKubernetesMakesForAServiceAreNotMeantForUs(String variable) {
        assertThat(load(Map.of(variable, "tcp://10.0.0.1:9201")).config()).isEqualTo(load("").config());
    }

    @Test
    void passwordsArePrintedAsStars() {
        ConfigLoader loader = load("db: postgresql://u:secret@h/d?sslpassword=hidden\n");

        assertThat(loader.print())
                .contains("\ndb: 'postgresql://u:***@h:5432/d?sslpassword=***'\n")
                .doesNotContain("secret", "hidden");
        assertThat(loader.config().toString()).doesNotContain("secret", "hidden");
    }

    @Test
    void aPasswordIsNotInTheMessageAboutItsUri() {
        assertThatThrownBy(() -> load("db: postgresql://u:secret@h:port/d\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatIsPrintedReadsBackAsTheSame() {
        ConfigLoader loader = load("data-dir: \"it's: # here\"\nlisten: '[::1]:9'\nstorage:\n  block: 90m\n");

        assertThat(load(loader.print()).config()).isEqualTo(loader.config());
    }

    private ConfigLoader load(String yaml) {
        return ConfigLoader.load(Optional.of(write(yaml)), Map.of(), Map.of());
    }

    private static ConfigLoader load(Map<String, String> environment) {
        return ConfigLoader.load(Optional.empty(), Map.of(), environment);
    }

    private Path write(String yaml) {
        try {
            return Files.writeString(directory.resolve("promgres.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aReplicaIsToldByAnotherLabelThanItsCluster() {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.empty(), Map.of("ha.replica-label", "cluster"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ha.*: replica-label and cluster-label are two labels");
    }
}
