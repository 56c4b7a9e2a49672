package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WantedTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                    | false | false",
                "*/*                                                   | false | false",
                "text/csv, application/json;q=0.5                      | false | false",
                "application/vnd.pgrst.object+json                     | true  | false",
                "*/*, application/vnd.pgrst.object+json;nulls=stripped | true  | true",
                "application/vnd.pgrst.array+json;nulls=stripped       | false | true",
            })
    void theFormOfTheAnswerIsTheClients(String accept, boolean single, boolean stripNulls) {
        assertThat(Wanted.of(accept)).contains(new Wanted(single, stripNulls));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/csv", "application/geo+json", "x", ","})
    void anythingButJsonCannotBeAnswered(String accept) {
        assertThat(Wanted.of(accept)).isEmpty();
    }
}
