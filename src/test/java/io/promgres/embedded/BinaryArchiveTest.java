package io.promgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.Platform;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinaryArchiveTest {

    @ParameterizedTest
    @CsvSource({
        "linux, x86_64, postgres-linux-x86_64.txz",
        "linux, arm_64, postgres-linux-arm_64.txz",
        "darwin, x86_64, postgres-darwin-x86_64.txz",
        "darwin, arm_64, postgres-darwin-x86_64.txz",
    })
    void everySupportedPlatformHasAnArchiveOnTheClassPath(String system, String architecture, String name) {
        assertThat(BinaryArchive.nameFor(new Platform(system, architecture))).isEqualTo(name);
        assertThat(BinaryArchive.class.getResource("/" + name)).isNotNull();
    }
}
