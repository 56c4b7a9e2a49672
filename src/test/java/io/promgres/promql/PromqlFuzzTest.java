package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.engine.Engine;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.syntax.Function;
import io.promgres.promql.syntax.ParserOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a client asks: an answer or the error of a query, never another one, and never more than the limits allow. */
class PromqlFuzzTest {

    private static final EngineOptions OPTIONS =
            new EngineOptions(300_000, 100_000, 10_000, 60_000, ParserOptions.ALL, false, true, false);

    private static final List<String> PIECES = pieces();
    private static final MemorySource SAMPLES = samples();

    private static List<String> pieces() {
        List<String> pieces = new ArrayList<>(List.of(
                "m",
                "h",
                "n",
                "{",
                "}",
                "(",
                ")",
                "[5m]",
                "[5m:1m]",
                "[1h:]",
                " offset 1m",
                " @ 60",
                " @ end()",
                "+",
                "-",
                "*",
                "/",
                "%",
                "^",
                "==",
                ">=",
                "!=",
                " bool ",
                " and ",
                " or ",
                " unless ",
                " on(a) ",
                " ignoring(le) ",
                " group_left ",
                " group_right(b) ",
                " fill(0) ",
                "sum",
                "avg",
                " by (a) ",
                " without () ",
                "topk(2,",
                "quantile(0.5,",
                "count_values(\"v\",",
                "limit_ratio(0.5,",
                "1",
                "0",
                "NaN",
                "Inf",
                "1e300",
                "-1",
                "0x1f",
                "\"le\"",
                "\"\\xff\"",
                "a=\"b\"",
                "a=~\".*\"",
                "a!~\"(\"",
                ",",
                " </ ",
                " >/ ",
                " smoothed",
                " anchored",
                "start()",
                "step()",
                "[step()+1m]",
                " atan2 ",
                "#",
                "\n",
                "`x`",
                "é"));
        Function.ALL.keySet().stream().sorted().forEach(name -> pieces.add(name + "("));
        return pieces;
    }

    private static MemorySource samples() {
        MemorySource samples = new MemorySource();
        for (int i = 0; i < 30; i++) {
            FloatHistogram histogram = new FloatHistogram();
            histogram.count = i;
            histogram.sum = i * 1.5;
            histogram.positive = new Buckets(new int[] {-1, 2}, new double[] {i / 2.0, i / 2.0});
            samples.add(Labels.of("__name__", "h", "a", "b"), i * 30_000L, new MemorySource.Sample(0, histogram, 0));
            for (String a : List.of("b", "c", "")) {
                Labels labels = Labels.of("__name__", "m", "a", a, "le", String.valueOf(i % 3));
                samples.add(labels, i * 30_000L, new MemorySource.Sample(i % 7 == 0 ? Double.NaN : i, null, 0));
            }
            samples.add(Labels.of("__name__", "n"), i * 30_000L, new MemorySource.Sample(-i, null, 0));
        }
        return samples;
    }

    @FuzzTest
    void query(byte[] text) {
        ask(new String(text, StandardCharsets.UTF_8));
    }

    @Test
    void whatIsPutTogetherOfPiecesIsAnsweredOrRefused() {
        Random random = new Random(42);
        int answered = 0;
        for (int i = 0; i < 60_000; i++) {
            StringBuilder query = new StringBuilder();
            for (int n = 1 + random.nextInt(9); n > 0; n--) {
                query.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            answered += ask(query.toString()) ? 1 : 0;
        }
        assertThat(answered).isGreaterThan(500);
    }

    /** Most of them are answered: what is wrong with the others is in their values. */
    @Test
    void whatIsRightByItsTypesIsAnsweredOrRefusedHoweverItIsNested() {
        RandomQuery queries = new RandomQuery(new Random(7));
        int answered = 0;
        for (int i = 0; i < 6_000; i++) {
            answered += ask(queries.vector(1 + i % 5)) ? 1 : 0;
        }
        assertThat(answered).isGreaterThan(2_000);
    }

    private static boolean ask(String query) {
        Engine engine = new Engine(OPTIONS);
        try {
            engine.instant(query, 600_000, SAMPLES, () -> false);
            engine.range(query, 0, 900_000, 60_000, SAMPLES, () -> false);
            return true;
        } catch (QueryException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("query: " + query, e);
        }
    }
}
