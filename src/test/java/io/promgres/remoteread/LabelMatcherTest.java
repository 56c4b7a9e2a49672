package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelMatcherTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '"',
            value = {
                "EQUAL a a true",
                "EQUAL a b false",
                "NOT_EQUAL a b true",
                "NOT_EQUAL a a false",
                "MATCHES a.c abc true",
                "MATCHES b abc false",
                "MATCHES ab abc false",
                "MATCHES a|b b true",
                "MATCHES a|b ab false",
                "MATCHES (?i)ABC abc true",
                "MATCHES \\pL+ größe true",
                "MATCHES_NOT a.* abc false",
                "MATCHES_NOT b abc true",
            })
    void valuesAreComparedAsAWhole(Operator operator, String wanted, String value, boolean matches) throws Exception {
        assertThat(matcher(operator, wanted).matches(value)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '"',
            value = {
                "EQUAL \"\" true",
                "EQUAL a false",
                "NOT_EQUAL \"\" false",
                "NOT_EQUAL a true",
                "MATCHES .* true",
                "MATCHES a| true",
                "MATCHES .+ false",
                "MATCHES_NOT .+ true",
                "MATCHES_NOT .* false",
            })
    void anAbsentLabelIsAnEmptyOne(Operator operator, String wanted, boolean matches) throws Exception {
        assertThat(matcher(operator, wanted).matchesAbsent()).isEqualTo(matches);
    }

    @Test
    void theDotMatchesALineFeed() throws Exception {
        assertThat(matcher(Operator.MATCHES, "a.b").matches("a\nb")).isTrue();
    }

    @Test
    void whatIsNoRegularExpressionOfRe2IsRefused() {
        assertThatThrownBy(() -> matcher(Operator.MATCHES, "a(?=b)"))
                .isInstanceOf(ReadRefusedException.class)
                .hasMessageContaining("a(?=b)");
        assertThatThrownBy(() -> matcher(Operator.MATCHES_NOT, "[")).isInstanceOf(ReadRefusedException.class);
    }

    private static LabelMatcher matcher(Operator operator, String value) throws ReadRefusedException {
        return new LabelMatcher(new Matcher(operator, "label", value));
    }
}
