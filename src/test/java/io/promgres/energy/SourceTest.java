package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {

    @ParameterizedTest
    @CsvSource({
        "node-1:9100, node-1, 9100",
        "node-1, node-1,",
        "10.0.0.1:80, 10.0.0.1, 80",
        "[::1]:9100, ::1, 9100",
        "[fe80::1], fe80::1,",
        "fe80::1, fe80::1,",
        "node:70000, node:70000,",
        "http://node:80/x, http://node:80/x,"
    })
    void instancesAreSplitIntoHostAndPort(String instance, String host, Integer port) {
        InstanceAddress endpoint = InstanceAddress.parse(instance);

        assertThat(endpoint.host()).isEqualTo(host);
        assertThat(endpoint.port().isPresent()).isEqualTo(port != null);
        assertThat(endpoint.port().orElse(-1)).isEqualTo(port == null ? -1 : port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02T10:00:00Z",
                "2026-03-02T11:00:00+01:00",
                "2026-03-02 10:00:00Z",
                "2026-03-02T10:00Z",
                "1772445600"
            })
    void startsAreIsoTimesOrSeconds(String text) throws Source.Unusable {
        assertThat(Source.startedAt(text)).isEqualTo(Instant.parse("2026-03-02T10:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "noon", "2026-03-02", "2026-03-02T10:00:00", "2026-13-02T10:00:00Z", "-5"})
    void otherStartsCannotBeUsed(String text) {
        assertThatThrownBy(() -> Source.startedAt(text))
                .isInstanceOfSatisfying(
                        Source.Unusable.class, e -> assertThat(e.why()).isEqualTo(SkipReason.UNPARSABLE_STARTED_AT));
    }

    @Test
    void aGroupForgetsASlotAndThenItself() {
        Rule rule = RuleFiles.read(java.util.List.of()).rules().get(0);
        WatchedGroup two = WatchedGroup.of(1, rule, null, 3).with(WatchedGroup.of(1, rule, null, 64));

        assertThat(two.chosen()).hasSize(1);
        assertThat(two.without(3).chosen().get(0).slots()).isEqualTo(1L << 63);
        assertThat(two.without(3).without(64)).isNull();
    }
}
