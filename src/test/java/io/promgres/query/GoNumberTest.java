package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoNumberTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-1.5, -1.5",
        "0.1, 0.1",
        "100, 100",
        "1e6, 1000000",
        "123456789012345680000, 123456789012345680000",
        "1e21, 1e+21",
        "-1.5e300, -1.5e+300",
        "0.000001, 0.000001",
        "0.00000012, 1.2e-07",
        "5e-324, 5e-324",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        // Double.toString of Java 17 has a digit too many.
        "2.0e-3, 0.002",
        "2e23, 2e+23",
        "2.2E-322, 2.2e-322",
        "NaN, NaN",
        "Infinity, +Inf",
        "-Infinity, -Inf"
    })
    void aNumberHasTheTextThatGoGivesIt(double value, String text) {
        assertThat(GoNumber.json(value)).isEqualTo(text);
    }
}
