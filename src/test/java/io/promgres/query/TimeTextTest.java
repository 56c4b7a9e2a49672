package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {

    @ParameterizedTest
    @CsvSource({
        "1435781451.781, 1435781451781",
        "-1, -1000",
        "1.5e9, 1500000000000",
        "0.0005, 0",
        "2015-07-01T20:11:00.781Z, 1435781460781",
        "2015-07-01T22:11:00+02:00, 1435781460000",
        "-292273086-05-16T16:47:06Z, -9223309901257974000",
        "292277025-08-18T07:12:54.999999999Z, 9223309901257974999"
    })
    void aTimeIsANumberOfSecondsOrRfc3339(String text, long millis) {
        assertThat(TimeText.time(text)).hasValue(millis);
    }

    @ParameterizedTest
    @CsvSource({
        "15, 15000",
        "0.5, 500",
        "1h30m, 5400000",
        "1d, 86400000",
        "2w, 1209600000",
        "1y1ms, 31536000001",
        "5s, 5000"
    })
    void aDurationIsANumberOfSecondsOrHasUnits(String text, long millis) {
        assertThat(TimeText.duration(text)).hasValue(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "then",
                "1e400",
                "NaN",
                "Inf",
                "0x10",
                "2015-07-01",
                "1m1h",
                "5 s",
                "-5s",
                "99999999999999999999y"
            })
    void whatIsNeitherIsRefused(String text) {
        assertThat(TimeText.time(text)).isEmpty();
        assertThat(TimeText.duration(text)).isEmpty();
    }
}
