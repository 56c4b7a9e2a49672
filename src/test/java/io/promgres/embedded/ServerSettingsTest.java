package io.promgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSettingsTest {

    @ParameterizedTest
    @CsvSource({"256, 128MB", "8192, 1024MB", "24152, 3019MB", "131072, 4096MB"})
    void sharedBuffersAreAnEighthOfTheMemoryWithinBounds(long mebibytes, String expected) {
        assertThat(ServerSettings.of(1, mebibytes << 20, Map.of()).text())
                .contains("\nshared_buffers = '" + expected + "'\n");
    }

    @Test
    void aGivenSettingWinsAndIsQuoted() {
        String text = ServerSettings.of(5439, 1L << 33, Map.of("jit", "on", "log_line_prefix", "it's "))
                .text();

        assertThat(text).contains("\nport = '5439'\n", "\njit = 'on'\n", "\nlog_line_prefix = 'it''s '\n");
        assertThat(text).doesNotContain("jit = 'off'");
    }
}
