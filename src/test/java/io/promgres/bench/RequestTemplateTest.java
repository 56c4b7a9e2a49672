package io.promgres.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import io.promgres.remotewrite.Limits;
import io.promgres.remotewrite.WriteRequestDecoder;
import io.promgres.remotewrite.WriteRequestV2Decoder;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/** What the load generator sends, decoded by the decoders of the product. */
class RequestTemplateTest {

    private static final Timeline TIMELINE = new Timeline(1_793_534_400_000L, 15_000);
    private static final int SERIES = 3_000;

    @ParameterizedTest
    @EnumSource
    void everySeriesOfAnyScrapeIsSentOnceWithItsTimeAndValue(Workload workload) throws Exception {
        Population population = workload.population(SERIES);
        for (Protocol protocol : Protocol.values()) {
            for (List<int[]> ofSender : workload.requests(population)) {
                for (int[] members : ofSender) {
                    RequestTemplate request = new RequestTemplate(population, TIMELINE, protocol, "host", members);
                    for (long scrape : new long[] {0, 777}) {
                        assertHolds(decode(protocol, request.body(scrape)), population, members, scrape);
                    }
                }
            }
        }
    }

    private record Sample(LabelSet labels, List<Long> times, List<Long> bits) {}

    private static void assertHolds(List<NewSeries> decoded, Population population, int[] members, long scrape) {
        List<Sample> sent = IntStream.of(members)
                .mapToObj(index -> new Sample(
                        labels(population.series().get(index), scrape),
                        List.of(TIMELINE.time(population.series().get(index).target(), scrape)),
                        List.of(population.bits(index, scrape))))
                .toList();
        assertThat(decoded.stream()
                        .map(series -> new Sample(
                                series.labels(),
                                LongStream.of(series.times()).boxed().toList(),
                                LongStream.of(series.bits()).boxed().toList()))
                        .toList()
                        .equals(sent))
                .isTrue();
    }

    private static LabelSet labels(Series series, long scrape) {
        String[] labels = series.labels().toArray(String[]::new);
        if (series.pod() != Series.NO_POD) {
            int pod = series.labels().indexOf("pod") + 1;
            labels[pod] =
                    labels[pod].replaceFirst("\\d{6}$", "%06d".formatted(Population.generation(series.pod(), scrape)));
        }
        return LabelSet.ofSorted(labels);
    }

    private static List<NewSeries> decode(Protocol protocol, byte[] body) throws Exception {
        SampleBatch batch = new SampleBatch(64);
        SeriesCache cache = new SeriesCache(SeriesCache.SMALLEST);
        InstantSource clock = InstantSource.system();
        DecodedWrite write = protocol == Protocol.V1
                ? new WriteRequestDecoder(cache.reader(), (bytes, from, to) -> false, Limits.DEFAULT, clock)
                        .decode(body, 0, body.length, batch)
                : new WriteRequestV2Decoder(
                                cache.reader(),
                                new SymbolTable(1 << 20),
                                (bytes, from, to) -> false,
                                (address, start) -> true,
                                Limits.DEFAULT,
                                clock)
                        .decode(body, 0, body.length, batch);
        assertThat(write.rejections().isEmpty()).isTrue();
        return write.unknown();
    }

    @ParameterizedTest
    @EnumSource
    void bodiesAreAboutAsLongAsThoseOfTheUsualEncoder(Protocol protocol) throws Exception {
        Population population = Workload.A.population(2_000);
        int[] members = IntStream.range(0, 2_000).toArray();
        byte[] body = new RequestTemplate(population, TIMELINE, protocol, "host", members).body(5);
        int usual = Snappy.compress(Snappy.uncompress(body)).length;
        assertThat(body.length).isBetween(usual * 9 / 10, usual * 16 / 10);
    }

    @Test
    void aSplitScrapeIsSharedByAllSendersInAnOrderOfItsOwn() {
        List<List<int[]>> requests = Workload.E.requests(Workload.E.population(SERIES));
        assertThat(requests).hasSize(20);
        assertThat(requests.get(0).get(0))
                .isNotEqualTo(IntStream.of(requests.get(0).get(0)).sorted().toArray());
    }

    @Test
    void aHundredthOfThePodsIsReplacedInAMinute() {
        int pods = 10_000;
        long replaced = IntStream.range(0, pods)
                .filter(pod -> Population.generation(pod, 1_000) != Population.generation(pod, 1_004))
                .count();
        assertThat(replaced).isBetween(pods / 100 - 25L, pods / 100 + 25L);
    }
}
