package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

    private static final Matcher UP = new Matcher(Operator.EQUAL, "__name__", "up");

    @ParameterizedTest
    @ValueSource(strings = {"up", " up ", "up{}", "up { }", "{__name__=\"up\"}", "{\"up\"}", "{'up',}"})
    void aNameIsAMatcher(String text) throws ReadRefusedException {
        assertThat(Selector.parse(text)).containsExactly(UP);
    }

    @Test
    void allOperatorsAreRead() throws ReadRefusedException {
        assertThat(Selector.parse("job:x:rate5m{a=\"1\", b!='2' ,c=~`3\\d`,d!~\"4\",}"))
                .containsExactly(
                        new Matcher(Operator.EQUAL, "__name__", "job:x:rate5m"),
                        new Matcher(Operator.EQUAL, "a", "1"),
                        new Matcher(Operator.NOT_EQUAL, "b", "2"),
                        new Matcher(Operator.MATCHES, "c", "3\\d"),
                        new Matcher(Operator.MATCHES_NOT, "d", "4"));
    }

    @Test
    void namesInQuotesAreThoseOfUtf8() throws ReadRefusedException {
        assertThat(Selector.parse("{\"http.requests\", \"status.code\"=\"200\"}"))
                .containsExactly(
                        new Matcher(Operator.EQUAL, "__name__", "http.requests"),
                        new Matcher(Operator.EQUAL, "status.code", "200"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "a\\\\b|a\\b",
                "\\\"|\"",
                "\\u20ac|€",
                "\\U0001f600|😀",
                "\\xe2\\x82\\xac|€",
                "\\101\\x42|AB",
                "\\\\x41|\\x41",
                "größe|größe"
            })
    void stringsHaveTheEscapesOfGo(String written, String meant) throws ReadRefusedException {
        assertThat(Selector.parse("{a=\"" + written + "\"}")).containsExactly(new Matcher(Operator.EQUAL, "a", meant));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "up{job=\"a\"|11|expected }",
                "up{job}|7|expected =, !=, =~ or !~",
                "up{job=a}|8|the value of job has to be in quotes",
                "up{job=\"a}|8|a string that does not end",
                "up{job=\"\\q\"}|8|a string with an escape that is not known",
                "up{job=\"\\xff\"}|8|a string with an escape that is not known",
                "up{,}|4|expected the name of a label",
                "up{a=\"b\" c=\"d\"}|10|expected }",
                "up[5m]|3|expected {",
                "up{} offset 5m|6|nothing may follow the selector",
                "up{\"down\"}|10|the metric's name is there twice"
            })
    void anErrorSaysWhere(String text, int character, String why) {
        assertThatThrownBy(() -> Selector.parse(text))
                .isInstanceOf(ReadRefusedException.class)
                .hasMessage("the selector " + text + " is wrong at character " + character + ": " + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{job=~\".*\"}", "{job!=\"a\"}"})
    void aSelectorSaysSomething(String text) {
        assertThatThrownBy(() -> Selector.parse(text)).hasMessageContaining("matches every series");
    }

    @Test
    void aRegularExpressionIsOne() {
        assertThatThrownBy(() -> Selector.parse("{a=~\"(\"}")).hasMessageContaining("the regular expression \"(\"");
    }
}
