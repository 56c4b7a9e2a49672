package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowBatchesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aLongArrayIsCutBetweenItsRowsAndNothingIsLost() throws Exception {
        String array = IntStream.range(0, 20_000)
                .mapToObj(i -> "{\"name\": \"[,\\\"" + i + "\\\\\", \"value\": [{\"x\": \"]\"}, " + i + ".10]}")
                .collect(Collectors.joining(" ,\n", " [", "] "));

        List<Rows> batches = batches(array);

        assertThat(batches)
                .hasSizeGreaterThan(2)
                .allSatisfy(batch -> assertThat(batch.json()).hasSizeLessThan(RowBatches.BYTES + 1000));
        List<JsonNode> rows = new ArrayList<>();
        for (Rows batch : batches) {
            JSON.readTree(batch.json()).forEach(rows::add);
        }
        assertThat(rows).hasSize(20_000).isEqualTo(elements(array));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", " [ ] ", "{\"a\": 1}", "[{\"a\": 1}]", "[{\"a\": {\"b\": [1, \"}\"]}}, {}]"})
    void aShortBodyIsOneBatchAsItIs(String json) throws Exception {
        assertThat(batches(json)).hasSize(1);
        assertThat(JSON.readTree(batches(json).get(0).json()))
                .isEqualTo(json.strip().startsWith("[") ? JSON.readTree(json) : JSON.readTree("[" + json + "]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "[", "[{}", "[{},]", "[,{}]", "[{} {}]", "[{}]]", "[{}] x", "{}, {}", "[\"", "{", "]", "[{]}]"
            })
    void whatIsNoArrayOfRowsIsRefused(String json) {
        assertThatThrownBy(() -> batches(json)).isInstanceOf(ApiException.class);
    }

    @Test
    void aCommaAtTheEndOfALongArrayIsRefusedToo() {
        String row = "{\"name\": \"" + "x".repeat(RowBatches.BYTES) + "\"}";

        assertThatThrownBy(() -> batches("[" + row + ", ]")).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> batches("[" + row + ",")).isInstanceOf(ApiException.class);
    }

    @Test
    void aRowThatDoesNotEndIsRefusedBeforeItFillsTheMemory() {
        InputStream endless = new InputStream() {
            private long read;

            @Override
            public int read() {
                assertThat(++read).isLessThan(2L * RowBatches.MOST);
                return read == 1 ? '[' : '"';
            }
        };
        assertThatThrownBy(() -> all(endless)).isInstanceOf(ApiException.class);
    }

    private static List<JsonNode> elements(String array) throws Exception {
        List<JsonNode> elements = new ArrayList<>();
        JSON.readTree(array).forEach(elements::add);
        return elements;
    }

    private static List<Rows> batches(String json) throws ApiException {
        return all(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Rows> all(InputStream body) throws ApiException {
        RowBatches batches = new RowBatches(body);
        List<Rows> all = new ArrayList<>();
        for (Rows rows = batches.next(); rows != null; rows = batches.next()) {
            all.add(rows);
        }
        return all;
    }
}
