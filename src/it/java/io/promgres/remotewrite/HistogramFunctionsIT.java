package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.proto.WriteV2.BucketSpan;
import io.promgres.codec.proto.WriteV2.Histogram;
import org.junit.jupiter.api.Test;

/** The SQL functions for native histograms, by their definitions; HistogramSqlIT compares them with PromQL. */
class HistogramFunctionsIT extends HistogramFixture {

    @Test
    void quantilesFractionsAndMeansAreThoseOfTheDefinition() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "asked").addHistograms(example());
        store(request, 1);
        // Ranks from above: 3 in (4, 8], then 1 in (1, 2].
        assertThat(promgres.query(
                        "SELECT histogram_quantile(0.5, histogram), histogram_quantile(0.5, histogram, 'linear'),"
                                + " histogram_quantile(0.8125, histogram), histogram_quantile(0.8125, histogram, 'linear'),"
                                + " histogram_quantile(1.5, histogram), histogram_quantile('NaN', histogram),"
                                + " histogram_quantile(0.0625, histogram, 'linear'), histogram_avg(histogram)"
                                + " FROM prom_histogram.asked"))
                .containsExactly("1|1|" + Math.pow(2, 2.5) + "|6|Infinity|NaN|-3|2.5625");
        assertThat(promgres.query(
                        "SELECT histogram_fraction(1, 8, histogram), histogram_fraction('-Infinity', 'Infinity', histogram),"
                                + " histogram_fraction(4, 6, histogram, 'linear'), histogram_fraction(2, 1, histogram)"
                                + " FROM prom_histogram.asked"))
                .containsExactly("0.5|1|0.1875|0");
    }

    @Test
    void observationsLieEvenlyOnALogarithmicScaleUnlessToldOtherwise() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "logarithmic").addHistograms(example());
        store(request, 1);
        assertThat(promgres.query("SELECT histogram_quantile(0.0625, histogram) + power(2::float8, 1.5) < 1e-12,"
                        + " abs(histogram_fraction(4, power(2::float8, 2.5), histogram) - 0.1875) < 1e-12,"
                        + " abs(histogram_fraction(-4, -power(2::float8, 1.5), histogram) - 0.0625) < 1e-12,"
                        + " histogram_fraction(-0.25, 0, histogram)"
                        + " FROM prom_histogram.logarithmic"))
                .containsExactly("t|t|t|0.0625");
        assertThatThrownBy(() -> promgres.query(
                        "SELECT histogram_quantile(0.9, histogram, 'cubic') FROM prom_histogram.logarithmic"))
                .hasMessageContaining("there is no interpolation cubic, only exponential and linear");
    }

    @Test
    void customBoundsAreLinearFromZeroAndEndWithTheLastBound() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "bounded").addHistograms(bounded(0.5, 2));
        store(request, 1);
        assertThat(promgres.query("SELECT histogram_quantile(0.25, histogram), histogram_quantile(0.625, histogram),"
                        + " histogram_quantile(0.99, histogram), histogram_fraction(0, 0.5, histogram),"
                        + " histogram_fraction(0.5, 1.25, histogram) FROM prom_histogram.bounded"))
                .containsExactly("0.25|1.25|2|0.5|0.125");
    }

    @Test
    void whatIsBelowALowestBoundThatIsNotPositiveIsBelowEveryValue() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "below", "lowest", "-1").addHistograms(bounded(-1, 2));
        request.series("__name__", "below", "lowest", "0").addHistograms(bounded(0, 2));
        store(request, 2);
        assertThat(
                        promgres.query(
                                "SELECT histogram_fraction('-Infinity', b, histogram), histogram_fraction(-100, b, histogram),"
                                        + " histogram_fraction(b, 'Infinity', histogram)"
                                        + " FROM prom_histogram.below, LATERAL (SELECT prom_api.val(lowest_id)::float8) x(b) ORDER BY b"))
                .containsExactly("0.5|0|0.5", "0.5|0|0.5");
        assertThat(promgres.query(
                        "SELECT histogram_fraction(-100, 0.5, histogram), histogram_fraction(0.5, 2, histogram)"
                                + " FROM prom_histogram.below WHERE prom_api.val(lowest_id) = '-1'"))
                .containsExactly("0.125|0.125");
    }

    /** 2 observations up to the first bound, 1 up to the second, 1 above. */
    private Histogram.Builder bounded(double first, double second) {
        return Histogram.newBuilder()
                .setTimestamp(now)
                .setCountInt(4)
                .setSum(7)
                .setSchema(-53)
                .addCustomValues(first)
                .addCustomValues(second)
                .addPositiveSpans(BucketSpan.newBuilder().setLength(3))
                .addPositiveDeltas(2)
                .addPositiveDeltas(-1)
                .addPositiveDeltas(0);
    }

    @Test
    void histogramsWithCustomBoundsAreMergedWhereTheBoundsAreTheSame() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "bounds", "n", "1").addHistograms(bounded(0.5, 2));
        request.series("__name__", "bounds", "n", "2").addHistograms(bounded(0.5, 2));
        request.series("__name__", "bounds", "n", "3").addHistograms(bounded(0.5, 3));
        store(request, 3);
        assertThat(promgres.query("SELECT (m).count, (m).buckets FROM (SELECT histogram_merge(histogram) AS m"
                        + " FROM prom_histogram.bounds GROUP BY (histogram).bounds) x ORDER BY 1"))
                .containsExactly(
                        "4|{\"(-Infinity,0.5,2)\",\"(0.5,3,1)\",\"(3,Infinity,1)\"}",
                        "8|{\"(-Infinity,0.5,4)\",\"(0.5,2,2)\",\"(2,Infinity,2)\"}");
        assertThatThrownBy(() -> promgres.query("SELECT histogram_merge(histogram) FROM prom_histogram.bounds"))
                .hasMessageContaining("different custom bounds");
    }

    @Test
    void aMergeTakesTheWiderZeroBucketAndCutsNoBucket() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "zeros", "n", "1").addHistograms(example());
        request.series("__name__", "zeros", "n", "2")
                .addHistograms(Histogram.newBuilder()
                        .setTimestamp(now)
                        .setZeroThreshold(0.75)
                        .setZeroCountInt(5)
                        .setCountInt(5));
        store(request, 2);
        assertThat(promgres.query("SELECT (m).count, (m).zero_threshold, (m).zero_count, (m).buckets"
                        + " FROM (SELECT histogram_merge(histogram) FROM prom_histogram.zeros) x(m)"))
                .containsExactly("13|1|8|{\"(-4,-2,1)\",\"(1,2,1)\",\"(4,8,3)\"}");
    }

    @Test
    void histogramsOfDifferentResolutionAreMergedAtTheCoarserOne() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "merged", "n", "1").addHistograms(example());
        request.series("__name__", "merged", "n", "2")
                .addHistograms(Histogram.newBuilder()
                        .setTimestamp(now)
                        .setSchema(1)
                        .setCountInt(3)
                        .setSum(5)
                        .addPositiveSpans(BucketSpan.newBuilder().setOffset(0).setLength(3))
                        .addPositiveDeltas(1)
                        .addPositiveDeltas(0)
                        .addPositiveDeltas(0));
        store(request, 2);
        assertThat(promgres.query(
                        "SELECT (m).count, (m).sum, (m).schema, (m).zero_threshold, (m).zero_count, (m).buckets"
                                + " FROM (SELECT histogram_merge(histogram) FROM prom_histogram.merged) x(m)"))
                .containsExactly("11|25.5|0|0.25|1|{\"(-4,-2,1)\",\"(0.5,1,3)\",\"(1,2,3)\",\"(4,8,3)\"}");
        assertThat(promgres.query(
                        "SELECT (histogram_difference(histogram, histogram)).count FROM prom_histogram.merged"))
                .containsExactly("0", "0");
    }

    @Test
    void whatTheSecondOneHasWithinItsZeroBucketIsPassedOver() throws Exception {
        MessagesV2 request = new MessagesV2();
        // (0.5, 1] is within, (1, 2] is not.
        request.series("__name__", "within")
                .addHistograms(example().setZeroThreshold(1))
                .addHistograms(example().setTimestamp(now + 1).setZeroThreshold(1));
        store(request, 2);
        assertThat(promgres.query(
                        "SELECT (d).zero_count, (d).buckets FROM (SELECT histogram_difference(later.histogram,"
                                + " h.histogram) FROM prom_histogram.within h JOIN prom_histogram.within later"
                                + " ON h.time < later.time) x(d)"))
                .containsExactly("0|{\"(-4,-2,0)\",\"(0.5,1,2)\",\"(1,2,0)\",\"(4,8,0)\"}");
    }
}
