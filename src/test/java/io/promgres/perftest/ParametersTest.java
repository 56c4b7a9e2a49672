package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.perftest.Parameters.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

    @Test
    void namesAndValuesAreDecodedAndKeptInOrder() throws ApiException {
        assertThat(Parameters.parse("a=eq.1%2B+1&a=x=y&%C3%A4&&c=").list())
                .containsExactly(
                        new Parameter("a", "eq.1+ 1"),
                        new Parameter("a", "x=y"),
                        new Parameter("ä", ""),
                        new Parameter("c", ""));
        assertThat(Parameters.parse("").list()).isEmpty();
    }

    @Test
    void theFirstValueThatIsNotEmptyIsFound() throws ApiException {
        Parameters parameters = Parameters.parse("select=&select=id&select=jid");

        assertThat(parameters.first("select")).contains("id");
        assertThat(parameters.first("order")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%zz", "a=%4", "%=1", "a=x%00y"})
    void whatIsNotEncodedTextIsRefused(String query) {
        assertThatThrownBy(() -> Parameters.parse(query)).isInstanceOf(ApiException.class);
    }
}
