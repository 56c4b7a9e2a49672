package io.promgres.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "512, 512", "512B, 512", "64KiB, 65536", "32MiB, 33554432", "1.5GiB, 1610612736"})
    void sizesAreReadAsBytes(String text, long bytes) {
        assertThat(Values.parseSize(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "500ms, 500", "15s, 15000", "1.5h, 5400000", "10m, 600000", "7d, 604800000"})
    void durationsAreReadToTheMillisecond(String text, long milliseconds) {
        assertThat(Values.parseDuration(text)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1MiB", "32MB", "32 MiB", "1e3", "0.3", "9999999TiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> Values.parseSize(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10M", "-1s", "1h30m", "0.1ms", "forever"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> Values.parseDuration(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAddressIsReadWithAndWithoutBrackets() {
        assertThat(HostPort.parse("localhost:80")).isEqualTo(new HostPort("localhost", 80));
        assertThat(HostPort.parse("[::1]:80"))
                .isEqualTo(new HostPort("::1", 80))
                .hasToString("[::1]:80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", ":80", "::1:80", "[::1]", "h:65536", "h:-1", "h:", "h:http"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prefixesAreSeparatedByCommasAndNoneIsAnEmptyOne() {
        assertThat(TablePrefixes.parse("perf_test_, profile_data_,none").list())
                .containsExactly("perf_test_", "profile_data_", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "a,", "a,a", "a b", "a/", "a\"", "\u00e4"})
    void whatIsNoPrefixIsRefused(String text) {
        assertThatThrownBy(() -> TablePrefixes.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void platformsAreNamedAsInTheArchives() {
        assertThat(Platform.of("Linux", "amd64")).isEqualTo(new Platform("linux", "x86_64"));
        assertThat(Platform.of("Linux", "aarch64")).isEqualTo(new Platform("linux", "arm_64"));
        assertThat(Platform.of("Mac OS X", "x86_64")).isEqualTo(new Platform("darwin", "x86_64"));
    }

    @Test
    void namesAreAListOrNone() {
        assertThat(NameList.parse("team-a, b.c_D").list()).containsExactly("team-a", "b.c_D");
        assertThat(NameList.parse("none").list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,", "a,a", "a b", "a|b", "a,none", "é"})
    void whatIsNoListOfNamesIsRefused(String text) {
        assertThatThrownBy(() -> NameList.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
    }
}
