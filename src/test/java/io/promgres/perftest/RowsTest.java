package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowsTest {

    @Test
    void anObjectBecomesAnArrayAndAnArrayStaysAsItIs() throws ApiException {
        assertThat(parse(" {\"name\": \"a\"} ")).isEqualTo(new Rows("[ {\"name\": \"a\"} ]", Set.of("name"), true));
        assertThat(parse("[{\"id\": 1}, {}]")).isEqualTo(new Rows("[{\"id\": 1}, {}]", Set.of("id"), false));
        assertThat(parse("[]")).isEqualTo(new Rows("[]", Set.of(), true));
    }

    @Test
    void rowsAreAlikeIfTheyHaveTheSameNamesInAnyOrder() throws ApiException {
        assertThat(parse("[{\"id\": 1, \"name\": {\"x\": []}}, {\"name\": 2, \"id\": 3}]"))
                .extracting(Rows::names, Rows::alike)
                .containsExactly(Set.of("id", "name"), true);
        assertThat(parse("[{\"id\": 1}, {\"name\": 2}]").alike()).isFalse();
        assertThat(parse("[{\"id\": 1}, {\"id\": 1, \"name\": 2}]").alike()).isFalse();
    }

    @Test
    void onlyTheBytesOfTheBodyAreLookedAt() throws ApiException {
        byte[] bytes = "xx{}xx".getBytes(StandardCharsets.UTF_8);

        assertThat(Rows.parse(bytes, 2, 2)).isEqualTo(new Rows("[{}]", Set.of(), true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"name\": 1}, 2]          | 22P02 | expected an object or an array of objects (line 1, column 15)",
                "{\"name\": \"a\", \"name\": 1} | 22P02 | Duplicate field 'name' (line 1, column 15)",
                "{} {}                     | 22P02 | something follows the rows (line 1, column 4)",
            })
    void whatIsWrongIsToldWithItsPlace(String json, String code, String details) {
        assertThatThrownBy(() -> parse(json))
                .asInstanceOf(InstanceOfAssertFactories.type(ApiException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(ApiException.Kind.UNFIT))
                .extracting(ApiException::error)
                .isEqualTo(new ApiError(code, "invalid input syntax for type json", details, null));
    }

    @Test
    void namesWithinAValueAreNotRemembered() throws ApiException {
        StringBuilder names = new StringBuilder("{\"value\": {\"n\": 0");
        for (int i = 0; i < 100_000; i++) {
            names.append(",\"").append(i % 50_000).append("\":0");
        }
        assertThat(parse(names.append("}}").toString()).names()).containsExactly("value");
    }

    @Test
    void rowsOfMoreNamesThanAnyTableHasColumnsAreRefused() {
        StringBuilder rows = new StringBuilder("[{}");
        for (int i = 0; i < 100; i++) {
            rows.append(",{\"n").append(i).append("\": 0}");
        }
        assertThatThrownBy(() -> parse(rows.append("]").toString()))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("64 columns");
    }

    @Test
    void aNumberOrANameThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> parse("[{\"value\":" + "9".repeat(1001) + "}]"))
                .isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> parse("{\"" + "n".repeat(50_001) + "\": 1}")).isInstanceOf(ApiException.class);
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> parse("[".repeat(100_000))).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> parse("{\"name\":".repeat(100_000))).isInstanceOf(ApiException.class);
    }

    private static Rows parse(String json) throws ApiException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return Rows.parse(bytes, 0, bytes.length);
    }
}
