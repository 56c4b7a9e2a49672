package io.promgres.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigChangesTest {

    @Test
    void aKeyThatDiffersNeedsARestartUnlessAReloadPutsItInForce() {
        Config changed =
                config(Map.of("ingest.workers", "3", "db", "postgresql://a:b@h/d", "web.max-connections", "7"));

        assertThat(ConfigChanges.needRestart(config(Map.of()), changed)).containsExactly("db", "ingest.workers");
    }

    @Test
    void equalConfigurationsNeedNothing() {
        Map<String, String> options = Map.of("db", "postgresql://a:b@h/d", "web.config-file", "x", "log-level", "warn");

        assertThat(ConfigChanges.needRestart(config(options), config(options))).isEmpty();
    }

    private static Config config(Map<String, String> options) {
        return ConfigLoader.load(Optional.empty(), options, Map.of()).config();
    }
}
