package io.promgres.promql.engine;

import io.promgres.promql.data.Bucket;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Kahan;
import io.promgres.promql.data.Labels;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Position;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** Functions of histograms: of native ones, and of the buckets of classic ones. */
final class HistogramFunctions {

    private final Evaluator evaluator;

    HistogramFunctions(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    /** A number of each native histogram; floats have none. */
    List<StepSeries> map(Expr argument, ToDoubleFunction<FloatHistogram> function) {
        List<StepSeries> result = new ArrayList<>();
        List<StepSeries> input = evaluator.vector(argument);
        for (StepSeries series : input) {
            StepSeries mapped = evaluator.renamed(series);
            if (!evaluator.delaysNameRemoval()) {
                mapped.labels = series.labels.without(List.of(Labels.NAME));
            }
            for (int i = 0; i < series.steps(); i++) {
                if (series.isHistogram(i)) {
                    mapped.set(i, function.applyAsDouble(series.histogram(i)));
                }
            }
            result.add(mapped);
        }
        evaluator.release(input);
        return Evaluator.merge(result);
    }

    static double variance(FloatHistogram histogram, DoubleUnaryOperator result) {
        double mean = histogram.sum / histogram.count;
        Kahan variance = new Kahan();
        for (Bucket bucket : histogram.all()) {
            if (bucket.count() != 0) {
                double delta = middle(histogram, bucket) - mean;
                variance.add(bucket.count() * delta * delta);
            }
        }
        return result.applyAsDouble((variance.sum + variance.compensation) / histogram.count);
    }

    private static double middle(FloatHistogram histogram, Bucket bucket) {
        if (histogram.isCustom()) {
            return (bucket.upper() + bucket.lower()) / 2;
        }
        if (bucket.lower() <= 0 && bucket.upper() >= 0) {
            return 0;
        }
        double middle = Math.sqrt(bucket.upper() * bucket.lower());
        return bucket.upper() < 0 ? -middle : middle;
    }

    private interface ByNative {

        double apply(FloatHistogram histogram, String metric);
    }

    private interface ByClassic {

        double apply(ClassicBuckets buckets, String metric, int step);
    }

    List<StepSeries> quantile(Call call) {
        double[] quantiles = evaluator.scalar(call.arguments().get(0));
        Position position = call.arguments().get(1).position();
        for (double quantile : quantiles) {
            checkQuantile(quantile, call.arguments().get(0).position());
        }
        Input input = new Input(evaluator.vector(call.arguments().get(1)), position);
        return input.apply(quantiles, null, position);
    }

    List<StepSeries> quantiles(Call call) {
        Position position = call.arguments().get(0).position();
        String label = Evaluator.string(call.arguments().get(1));
        Input input = new Input(evaluator.vector(call.arguments().get(0)), position);
        List<StepSeries> result = new ArrayList<>();
        for (Expr argument : call.arguments().subList(2, call.arguments().size())) {
            double[] quantiles = evaluator.scalar(argument);
            for (double quantile : quantiles) {
                checkQuantile(quantile, argument.position());
            }
            for (StepSeries series : input.apply(quantiles, label, position)) {
                result.add(series);
            }
        }
        return Evaluator.merge(result);
    }

    private void checkQuantile(double quantile, Position position) {
        if (Double.isNaN(quantile) || quantile < 0 || quantile > 1) {
            evaluator.annotations().invalidQuantile(quantile, position);
        }
    }

    List<StepSeries> fraction(Call call) {
        double[] lower = evaluator.scalar(call.arguments().get(0));
        double[] upper = evaluator.scalar(call.arguments().get(1));
        Position position = call.arguments().get(2).position();
        Input input = new Input(evaluator.vector(call.arguments().get(2)), position);
        List<StepSeries> result = new ArrayList<>();
        for (int i = 0; i < lower.length; i++) {
            int step = i;
            input.step(
                    i,
                    result,
                    (histogram, metric) -> Quantiles.fraction(
                            lower[step], upper[step], histogram, metric, evaluator.annotations(), position),
                    (buckets, metric, at) -> buckets.fraction(lower[step], upper[step]));
        }
        return Evaluator.merge(input.withoutEmpty(result));
    }

    /** The series of an argument, those of classic buckets put together. */
    private final class Input {

        private final List<StepSeries> series;
        private final Position position;

        /** The series of each classic histogram, by its labels without the bound. */
        private final Map<Labels, List<StepSeries>> classic = new LinkedHashMap<>();

        private final Map<StepSeries, Double> bounds = new IdentityHashMap<>();
        private final Map<Labels, StepSeries> results = new LinkedHashMap<>();

        Input(List<StepSeries> series, Position position) {
            this.series = series;
            this.position = position;
            for (StepSeries one : series) {
                classic.computeIfAbsent(one.labels.without(List.of(Labels.BUCKET)), labels -> new ArrayList<>())
                        .add(one);
                bounds.put(one, bound(one.labels.get(Labels.BUCKET)));
            }
        }

        private double bound(String text) {
            try {
                return switch (text) {
                    case "+Inf", "Inf", "+inf", "inf" -> Double.POSITIVE_INFINITY;
                    case "-Inf", "-inf" -> Double.NEGATIVE_INFINITY;
                    default -> text.isEmpty() || !isNumber(text) ? Double.NaN : Double.parseDouble(text);
                };
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }

        private boolean isNumber(String text) {
            char last = text.charAt(text.length() - 1);
            return last >= '0' && last <= '9' || last == '.';
        }

        List<StepSeries> apply(double[] quantiles, String label, Position at) {
            results.clear();
            List<StepSeries> result = new ArrayList<>();
            for (int i = 0; i < quantiles.length; i++) {
                double quantile = quantiles[i];
                step(
                        i,
                        result,
                        (histogram, metric) -> Quantiles.of(quantile, histogram, metric, evaluator.annotations(), at),
                        (buckets, metric, step) -> {
                            double value = buckets.quantile(quantile);
                            if (buckets.wasRaised()) {
                                evaluator
                                        .annotations()
                                        .forcedMonotonicity(
                                                evaluator.delaysNameRemoval() ? metric : "",
                                                at,
                                                evaluator.grid.time(step),
                                                buckets.leastRaised(),
                                                buckets.greatestRaised(),
                                                buckets.greatestRaise());
                            }
                            return value;
                        });
            }
            List<StepSeries> filled = withoutEmpty(result);
            if (label != null) {
                for (StepSeries one : filled) {
                    one.labels = one.labels.with(label, quantiles.length == 0 ? "" : text(quantiles[0]));
                }
            }
            return Evaluator.merge(filled);
        }

        private String text(double quantile) {
            String text = GoText.number(quantile);
            boolean whole = text.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
            return whole ? text + ".0" : text;
        }

        void step(int i, List<StepSeries> result, ByNative byNative, ByClassic byClassic) {
            classic.forEach((labels, members) -> {
                ClassicBuckets buckets = new ClassicBuckets();
                for (StepSeries member : members) {
                    if (member.isFloat(i)) {
                        add(buckets, member, i);
                    }
                }
                for (StepSeries member : members) {
                    boolean plain = member.labels.get(Labels.BUCKET).isEmpty();
                    if (member.isHistogram(i) && !(plain && !buckets.isEmpty())) {
                        result(member.labels, result)
                                .set(i, byNative.apply(member.histogram(i), member.labels.metricName()));
                    } else if (member.isHistogram(i)) {
                        evaluator
                                .annotations()
                                .mixedClassicAndNative(
                                        evaluator.delaysNameRemoval() ? labels.metricName() : "", position);
                        return;
                    }
                }
                if (!buckets.isEmpty()) {
                    result(labels, result).set(i, byClassic.apply(buckets, labels.metricName(), i));
                }
            });
        }

        private void add(ClassicBuckets buckets, StepSeries member, int step) {
            double bound = bounds.get(member);
            if (Double.isNaN(bound)) {
                evaluator
                        .annotations()
                        .badBucket(
                                evaluator.delaysNameRemoval() ? member.labels.metricName() : "",
                                member.labels.get(Labels.BUCKET),
                                position);
            } else {
                buckets.add(bound, member.values[step]);
            }
        }

        private StepSeries result(Labels labels, List<StepSeries> result) {
            return results.computeIfAbsent(labels, key -> {
                StepSeries made = new StepSeries(evaluator.withoutName(key), evaluator.grid.steps());
                made.dropName = true;
                result.add(made);
                return made;
            });
        }

        List<StepSeries> withoutEmpty(List<StepSeries> result) {
            result.removeIf(StepSeries::isEmpty);
            return result;
        }
    }
}
