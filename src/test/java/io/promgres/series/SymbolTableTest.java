package io.promgres.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SymbolTableTest {

    @Test
    void aSymbolKeepsItsNumberAndOthersHaveOthers() {
        SymbolTable symbols = new SymbolTable(SeriesCache.SMALLEST);
        long up = id(symbols, "up");
        assertThat(up).isPositive();
        assertThat(id(symbols, "")).isNotEqualTo(up).isPositive();
        assertThat(id(symbols, "up")).isEqualTo(up);
    }

    @Test
    void anyPartOfAnArrayIsASymbol() {
        SymbolTable symbols = new SymbolTable(SeriesCache.SMALLEST);
        byte[] bytes = "up-down-up".getBytes(StandardCharsets.UTF_8);
        assertThat(symbols.idOf(bytes, 8, 10)).isEqualTo(symbols.idOf(bytes, 0, 2));
        assertThat(symbols.entries()).isEqualTo(1);
    }

    @Test
    void aNumberNeverBelongsToTwoSymbolsHoweverManyAreDisplaced() {
        SymbolTable symbols = new SymbolTable(SeriesCache.SMALLEST);
        Map<Long, String> byId = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            String symbol = "symbol-" + i % 10_000;
            String former = byId.putIfAbsent(id(symbols, symbol), symbol);
            assertThat(former == null || former.equals(symbol)).isTrue();
        }
        assertThat(symbols.bytes()).isLessThanOrEqualTo(SeriesCache.SMALLEST);
        assertThat(byId).hasSizeGreaterThan(10_000);
    }

    @Test
    void threadsThatAskAtTheSameTimeGetTheSameNumber() {
        SymbolTable symbols = new SymbolTable(1 << 22);
        Map<String, Set<Long>> ids = new ConcurrentHashMap<>();
        IntStream.range(0, 50_000).parallel().forEach(i -> {
            String symbol = "symbol-" + i % 1_000;
            ids.computeIfAbsent(symbol, key -> ConcurrentHashMap.newKeySet()).add(id(symbols, symbol));
        });
        assertThat(ids.values()).allSatisfy(each -> assertThat(each).hasSize(1));
    }

    private static long id(SymbolTable symbols, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return symbols.idOf(bytes, 0, bytes.length);
    }
}
