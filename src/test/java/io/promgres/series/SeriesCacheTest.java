package io.promgres.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.SeriesAddress;
import io.promgres.model.SeriesIndex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesCacheTest {

    private static final long ROOMY = 64 << 20;

    private final SeriesCache cache = new SeriesCache(ROOMY);

    @Test
    void anUnknownKeyIsUnknown() {
        assertThat(find(cache, "a")).isEqualTo(SeriesAddress.UNKNOWN);
    }

    @Test
    void aKeyIsFoundWhereverItStands() {
        cache.put(key("needle"), 7);
        byte[] message = key("hay needle hay");
        assertThat(cache.find(message, 4, 10)).isEqualTo(7);
        assertThat(cache.find(message, 4, 9)).isEqualTo(SeriesAddress.UNKNOWN);
        assertThat(cache.find(message, 3, 10)).isEqualTo(SeriesAddress.UNKNOWN);
    }

    @Test
    void theCacheKeepsACopyOfTheKey() {
        byte[] key = key("abc");
        cache.put(key, 7);
        key[0] = 'x';
        assertThat(find(cache, "abc")).isEqualTo(7);
        assertThat(find(cache, "xbc")).isEqualTo(SeriesAddress.UNKNOWN);
    }

    @Test
    void aKeyCanGetAnotherAddress() {
        cache.put(key("a"), 1);
        cache.put(key("a"), 2);
        assertThat(find(cache, "a")).isEqualTo(2);
        assertThat(cache.entries()).isEqualTo(1);
    }

    @Test
    void randomKeysOfAllLengthsBehaveLikeAMap() {
        Random random = new Random(1);
        Map<String, Long> model = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            String key = "k".repeat(random.nextInt(200)) + random.nextInt(20_000);
            model.put(key, (long) i);
            cache.put(key(key), i);
        }
        model.forEach((key, address) -> assertThat(find(cache, key)).isEqualTo(address));
        assertThat(cache.entries()).isEqualTo(model.size());
        for (int i = 0; i < 20_000; i++) {
            assertThat(find(cache, "absent" + i)).isEqualTo(SeriesAddress.UNKNOWN);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 0x0000_0100_0000_0000L, 5})
    void keysWithEqualHashesAreToldApartByTheirBytes(long everyHash) {
        SeriesCache colliding = new SeriesCache(ROOMY, (bytes, from, to) -> everyHash);
        for (int i = 0; i < 500; i++) {
            colliding.put(key("series" + i), i);
        }
        for (int i = 0; i < 500; i++) {
            assertThat(find(colliding, "series" + i)).isEqualTo(i);
        }
        assertThat(find(colliding, "series500")).isEqualTo(SeriesAddress.UNKNOWN);
        colliding.removeIf(address -> address < 250);
        assertThat(find(colliding, "series249")).isEqualTo(SeriesAddress.UNKNOWN);
        assertThat(find(colliding, "series250")).isEqualTo(250);
    }

    @Test
    void removedAddressesAreForgottenAndTheOthersStay() {
        for (int i = 0; i < 10_000; i++) {
            cache.put(key("series" + i), i);
        }
        cache.removeIf(address -> address % 3 == 0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(find(cache, "series" + i)).isEqualTo(i % 3 == 0 ? SeriesAddress.UNKNOWN : i);
        }
        cache.put(key("series0"), 77);
        assertThat(find(cache, "series0")).isEqualTo(77);
    }

    @Test
    void whatIsRemovedAndPutAgainForEverDoesNotFillTheTable() {
        for (int i = 0; i < 100_000; i++) {
            cache.put(key("series" + i % 10), i);
            cache.removeIf(address -> true);
        }
        assertThat(cache.entries()).isZero();
        assertThat(cache.bytes()).isLessThanOrEqualTo(ROOMY);
    }

    @Test
    void clearForgetsAll() {
        cache.put(key("a"), 1);
        cache.clear();
        assertThat(find(cache, "a")).isEqualTo(SeriesAddress.UNKNOWN);
        assertThat(cache.entries()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {SeriesCache.SMALLEST, 300_000, 1_000_000})
    void theBytesNeverExceedTheLimit(long limit) {
        SeriesCache small = new SeriesCache(limit);
        Random random = new Random(2);
        for (int i = 0; i < 50_000; i++) {
            small.put(key("series" + i + "x".repeat(random.nextInt(random.nextInt(1, 300)))), i);
            assertThat(small.bytes()).isLessThanOrEqualTo(limit);
        }
        assertThat(find(small, "series")).isEqualTo(SeriesAddress.UNKNOWN);
    }

    @Test
    void whatIsLookedUpSurvivesRotationsAndWhatIsNotGoes() {
        SeriesCache small = new SeriesCache(SeriesCache.SMALLEST);
        small.put(key("hot"), 1);
        small.put(key("cold"), 2);
        for (int i = 0; i < 20_000; i++) {
            small.put(key("churn" + i), 3);
            assertThat(find(small, "hot")).isEqualTo(1);
        }
        assertThat(find(small, "cold")).isEqualTo(SeriesAddress.UNKNOWN);
    }

    @Test
    void removalReachesTheOldGenerationToo() {
        SeriesCache small = new SeriesCache(SeriesCache.SMALLEST);
        for (int i = 0; i < 20_000; i++) {
            small.put(key("churn" + i), i);
        }
        small.removeIf(address -> true);
        assertThat(small.entries()).isZero();
        for (int i = 0; i < 20_000; i++) {
            assertThat(find(small, "churn" + i)).isEqualTo(SeriesAddress.UNKNOWN);
        }
    }

    @Test
    void aKeyWithoutRoomIsNotKeptAndDisplacesNothing() {
        SeriesCache small = new SeriesCache(SeriesCache.SMALLEST);
        small.put(key("a"), 1);
        for (int i = 0; i < 100; i++) {
            small.put(new byte[5000], 2);
        }
        assertThat(small.find(new byte[5000], 0, 5000)).isEqualTo(SeriesAddress.UNKNOWN);
        assertThat(find(small, "a")).isEqualTo(1);
    }

    @Test
    void aReaderFindsTheSameInOrderAndOutOfOrderWhileAddressesChangeSeriesGoAndGenerationsRotate() {
        for (long limit : new long[] {SeriesCache.SMALLEST, ROOMY}) {
            SeriesCache changing = new SeriesCache(limit);
            SeriesIndex reader = changing.reader();
            Random random = new Random(5);
            int series = 300;
            for (int i = 0; i < 50_000; i++) {
                int next = random.nextInt(4) == 0 ? random.nextInt(series) : i % series;
                byte[] key = key("k".repeat(next % 150) + next);
                assertThat(reader.find(key, 0, key.length)).isEqualTo(changing.find(key, 0, key.length));
                if (random.nextInt(20) == 0) {
                    changing.put(key, random.nextInt(1000));
                } else if (random.nextInt(500) == 0) {
                    int removed = random.nextInt(1000);
                    changing.removeIf(address -> address % 10 == removed % 10);
                } else if (random.nextInt(5000) == 0) {
                    changing.clear();
                }
            }
        }
    }

    @Test
    void aReaderDoesNotFindWhatWasRemovedOrReplacedAfterTheEntryItFoundLast() {
        SeriesIndex reader = cache.reader();
        for (int i = 0; i < 3; i++) {
            cache.put(key("series" + i), i);
        }
        byte[] first = key("series0");
        byte[] second = key("series1");
        assertThat(reader.find(first, 0, first.length)).isEqualTo(0);
        assertThat(reader.find(second, 0, second.length)).isEqualTo(1);
        assertThat(reader.find(first, 0, first.length)).isEqualTo(0);
        cache.put(second, 11);
        assertThat(reader.find(second, 0, second.length)).isEqualTo(11);
        assertThat(reader.find(first, 0, first.length)).isEqualTo(0);
        cache.removeIf(address -> address == 11);
        assertThat(reader.find(second, 0, second.length)).isEqualTo(SeriesAddress.UNKNOWN);
        assertThat(reader.find(first, 0, first.length)).isEqualTo(0);
        cache.clear();
        assertThat(reader.find(second, 0, second.length)).isEqualTo(SeriesAddress.UNKNOWN);
    }

    @Test
    void aReaderHashesOnlyWhereTheOrderHasChanged() {
        AtomicInteger hashes = new AtomicInteger();
        KeyHash counted = (bytes, from, to) -> {
            hashes.incrementAndGet();
            return new Random(Arrays.hashCode(Arrays.copyOfRange(bytes, from, to))).nextLong();
        };
        SeriesCache counting = new SeriesCache(ROOMY, counted);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sent.add("series" + i);
            counting.put(key(sent.get(i)), i + 1);
        }
        // Those of a pod, which are known one after the other, stand here and there in a scrape; some are neighbours.
        List<Integer> replaced = List.of(20, 29, 30, 31, 40, 99, 100, 250);
        for (int i : replaced) {
            sent.set(i, "new" + i);
            counting.put(key(sent.get(i)), 1_000 + i);
        }
        SeriesIndex reader = counting.reader();
        List<Integer> hashesOfScrapes = new ArrayList<>();
        for (int scrape = 0; scrape < 3; scrape++) {
            hashes.set(0);
            for (int i = 0; i < sent.size(); i++) {
                byte[] key = key(sent.get(i));
                assertThat(reader.find(key, 0, key.length)).isEqualTo(replaced.contains(i) ? 1_000 + i : i + 1);
            }
            hashesOfScrapes.add(hashes.get());
        }
        // The first of all, and five times the way to others and back, whose order is known then; the way from the last
        // to the first.
        assertThat(hashesOfScrapes).containsExactly(1 + 2 * 5, 1, 0);
    }

    @Test
    void aReaderGoesOverTheEndsOfChunks() {
        SeriesIndex reader = cache.reader();
        // With 51 bytes a chunk is exactly full, 64 bytes for each entry; with 50 there is a gap at its end.
        for (int length : new int[] {51, 50}) {
            cache.clear();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 20_000; i++) {
                    byte[] key = key("x".repeat(length - 5) + (10_000 + i));
                    if (round == 0) {
                        cache.put(key, i);
                    }
                    assertThat(reader.find(key, 0, key.length)).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void tooFewBytesAreRefused() {
        assertThatThrownBy(() -> new SeriesCache(1000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lookUpsAreCountedAsTold() {
        cache.lookedUp(5, 2);
        cache.lookedUp(1, 0);
        assertThat(cache.hits()).isEqualTo(6);
        assertThat(cache.misses()).isEqualTo(2);
    }

    /** A series takes far less than 500 bytes, also while two generations hold it. */
    @Test
    void aKnownSeriesOf130LabelBytesTakesLessThan200BytesOfOneGeneration() {
        SeriesCache large = new SeriesCache(256 << 20);
        byte[] key = new byte[130];
        for (int i = 0; i < 200_000; i++) {
            key[0] = (byte) i;
            key[64] = (byte) (i >> 8);
            key[129] = (byte) (i >> 16);
            large.put(key, i);
        }
        assertThat(large.entries()).isEqualTo(200_000);
        assertThat(large.bytes() / 200_000).isLessThan(200);
    }

    @Test
    void readersSeeWhatWasPublishedAndNeverAWrongAddressWhileAWriterWorks() throws Exception {
        int series = 40_000;
        byte[][] keys = new byte[series][];
        for (int i = 0; i < series; i++) {
            keys[i] = key("series" + i);
        }
        AtomicInteger published = new AtomicInteger();
        Callable<Integer> reader = () -> {
            SeriesIndex own = cache.reader();
            int found = 0;
            Random random = new Random(3);
            while (published.get() < series) {
                int limit = published.get();
                int i = random.nextInt(2) == 0 ? found % (limit + 1) % series : random.nextInt(limit + 100) % series;
                long address = own.find(keys[i], 0, keys[i].length);
                boolean right = address == i || address == SeriesAddress.UNKNOWN && i >= limit;
                assertThat(right)
                        .as("series %s of %s has %s", i, limit, address)
                        .isTrue();
                found += address == i ? 1 : 0;
            }
            return found;
        };
        inParallel(2, reader, () -> {
            for (int i = 0; i < series; i++) {
                cache.put(keys[i], i);
                published.set(i + 1);
            }
        });
        assertThat(cache.entries()).isEqualTo(series);
    }

    @Test
    void readersNeverSeeAWrongAddressWhileGenerationsRotateAndSeriesAreRemoved() throws Exception {
        SeriesCache small = new SeriesCache(SeriesCache.SMALLEST);
        int series = 3_000;
        byte[][] keys = new byte[series][];
        for (int i = 0; i < series; i++) {
            keys[i] = key("series" + i);
        }
        AtomicInteger round = new AtomicInteger();
        Callable<Integer> reader = () -> {
            SeriesIndex own = small.reader();
            int looked = 0;
            Random random = new Random(4);
            while (round.get() < 30) {
                int i = random.nextInt(3) == 0 ? random.nextInt(series) : looked % series;
                long address = own.find(keys[i], 0, keys[i].length);
                assertThat(address).isIn((long) i, SeriesAddress.UNKNOWN);
                looked++;
            }
            return looked;
        };
        inParallel(2, reader, () -> {
            for (; round.get() < 30; round.incrementAndGet()) {
                for (int i = 0; i < series; i++) {
                    small.put(keys[i], i);
                }
                small.removeIf(address -> address % 7 == round.get() % 7);
            }
        });
        assertThat(small.bytes()).isLessThanOrEqualTo(SeriesCache.SMALLEST);
    }

    private static void inParallel(int readers, Callable<Integer> reader, Runnable writer) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(readers);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                results.add(threads.submit(reader));
            }
            writer.run();
            for (Future<Integer> result : results) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long find(SeriesCache cache, String key) {
        byte[] bytes = key(key);
        return cache.find(bytes, 0, bytes.length);
    }

    private static byte[] key(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
