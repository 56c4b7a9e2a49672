package io.promgres.promql.engine;

import io.promgres.promql.syntax.Expr.Call;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The functions that order an instant vector. */
final class Sorting {

    private final Evaluator evaluator;

    Sorting(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    List<StepSeries> sort(Call call) {
        if (!evaluator.grid.isInstant()) {
            evaluator.annotations().sortInRangeQuery(call.position());
        }
        List<StepSeries> series =
                new ArrayList<>(evaluator.vector(call.arguments().get(0)));
        evaluator.release(series);
        String name = call.function().name();
        if (name.startsWith("sort_by_label")) {
            List<String> labels = call.arguments().subList(1, call.arguments().size()).stream()
                    .map(Evaluator::string)
                    .toList();
            Comparator<StepSeries> order = byLabels(labels);
            series.sort(name.endsWith("_desc") ? order.reversed() : order);
            return series;
        }
        int sign = name.endsWith("_desc") ? -1 : 1;
        if (!evaluator.grid.isInstant()) {
            return withoutHistograms(series);
        }
        List<StepSeries> floats = withoutHistograms(series);
        floats.sort((a, b) -> compare(a.values[0], b.values[0], sign));
        return floats;
    }

    /** NaN comes last in either direction. */
    private static int compare(double a, double b, int sign) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return sign * (a < b ? -1 : a > b ? 1 : 0);
    }

    private static List<StepSeries> withoutHistograms(List<StepSeries> series) {
        for (StepSeries one : series) {
            for (int i = 0; i < one.steps(); i++) {
                if (one.isHistogram(i)) {
                    one.clear(i);
                }
            }
        }
        List<StepSeries> floats = new ArrayList<>(series);
        floats.removeIf(StepSeries::isEmpty);
        return floats;
    }

    private static Comparator<StepSeries> byLabels(List<String> labels) {
        return (a, b) -> {
            for (String label : labels) {
                int order = natural(a.labels.get(label), b.labels.get(label));
                if (order != 0) {
                    return order;
                }
            }
            return a.labels.compareTo(b.labels);
        };
    }

    /** Numbers within texts by their values, the rest by its characters. */
    static int natural(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            int endA = chunk(a, i);
            int endB = chunk(b, j);
            String chunkA = a.substring(i, endA);
            String chunkB = b.substring(j, endB);
            int order = isDigit(chunkA.charAt(0)) && isDigit(chunkB.charAt(0))
                    ? new BigInteger(chunkA).compareTo(new BigInteger(chunkB))
                    : chunkA.compareTo(chunkB);
            if (order != 0) {
                return order;
            }
            i = endA;
            j = endB;
        }
        int rest = Integer.compare(a.length() - i, b.length() - j);
        return rest != 0 ? rest : a.compareTo(b);
    }

    private static int chunk(String text, int from) {
        boolean digits = isDigit(text.charAt(from));
        int end = from + 1;
        while (end < text.length() && isDigit(text.charAt(end)) == digits) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
