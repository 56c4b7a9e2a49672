package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowsTest {

    @Test
    void anObjectBecomesAnArrayAndAnArrayStaysAsItIs() throws InsertException {
        assertThat(parse(" {\"name\": \"a\"} ")).isEqualTo(new Rows("[ {\"name\": \"a\"} ]", false));
        assertThat(parse("[{\"id\": 1}, {}]")).isEqualTo(new Rows("[{\"id\": 1}, {}]", true));
        assertThat(parse("[]")).isEqualTo(new Rows("[]", false));
    }

    @Test
    void onlyTheBytesOfTheBodyAreLookedAt() throws InsertException {
        byte[] bytes = "xx{}xx".getBytes(StandardCharsets.UTF_8);

        assertThat(Rows.parse(Table.JOB, bytes, 2, 2)).isEqualTo(new Rows("[{}]", false));
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
                .asInstanceOf(InstanceOfAssertFactories.type(InsertException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(InsertException.Kind.UNFIT))
                .extracting(InsertException::error)
                .isEqualTo(new InsertError(code, "invalid input syntax for type json", details, null));
    }

    @Test
    void anUnknownColumnIsNamedAndTheKnownOnesAreListed() {
        assertThatThrownBy(() -> parse("{\"nmae\": 1}"))
                .asInstanceOf(InstanceOfAssertFactories.type(InsertException.class))
                .extracting(InsertException::error)
                .isEqualTo(new InsertError(
                        "42703",
                        "column \"nmae\" of relation \"metric_data.perf_test_job_meta\" does not exist",
                        null,
                        "The columns are id, jid, name, value."));
    }

    @Test
    void namesWithinAValueAreNotRemembered() throws InsertException {
        StringBuilder names = new StringBuilder("{\"value\": {\"n\": 0");
        for (int i = 0; i < 100_000; i++) {
            names.append(",\"").append(i % 50_000).append("\":0");
        }
        assertThat(parse(names.append("}}").toString()).withId()).isFalse();
    }

    @Test
    void moreRowsThanAReportHasAreRefused() {
        assertThatThrownBy(() -> parse("[" + "{},".repeat(1 << 17) + "{}]"))
                .isInstanceOf(InsertException.class)
                .hasMessageContaining("131072 rows");
    }

    @Test
    void aNumberOrANameThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> parse("[{\"value\":" + "9".repeat(1001) + "}]"))
                .isInstanceOf(InsertException.class);
        assertThatThrownBy(() -> parse("{\"" + "n".repeat(50_001) + "\": 1}")).isInstanceOf(InsertException.class);
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> parse("[".repeat(100_000))).isInstanceOf(InsertException.class);
        assertThatThrownBy(() -> parse("{\"name\":".repeat(100_000))).isInstanceOf(InsertException.class);
    }

    private static Rows parse(String json) throws InsertException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return Rows.parse(Table.JOB_META, bytes, 0, bytes.length);
    }
}
