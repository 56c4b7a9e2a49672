package io.promgres.promql.engine;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Cardinality;
import io.promgres.promql.syntax.Expr.Matching;
import io.promgres.promql.syntax.TokenType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evaluates an operator of two vectors: series whose labels match belong together, at each step anew. */
final class VectorMatching {

    private final Evaluator evaluator;
    private final Binary binary;
    private final Matching matching;
    private final Arithmetic arithmetic;
    private final Map<Labels, Integer> signatures = new HashMap<>();
    private final Map<Pair, StepSeries> results = new LinkedHashMap<>();

    /** A series of the many side and its partner; either may be null where it is filled in. */
    private record Pair(StepSeries many, StepSeries one) {}

    VectorMatching(Evaluator evaluator, Binary binary) {
        this.evaluator = evaluator;
        this.binary = binary;
        this.matching = binary.matching();
        this.arithmetic = new Arithmetic(binary.op(), binary.position(), evaluator.annotations());
    }

    List<StepSeries> match(List<StepSeries> left, List<StepSeries> right) {
        if (binary.op().isSetOperator()) {
            return set(left, right);
        }
        boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
        List<StepSeries> many = swapped ? right : left;
        List<StepSeries> one = swapped ? left : right;
        int[] manySignatures = signatures(many);
        int[] oneSignatures = signatures(one);
        for (int step = 0; step < evaluator.grid.steps(); step++) {
            evaluator.execution.work(many.size() + one.size());
            step(many, manySignatures, one, oneSignatures, step);
        }
        List<StepSeries> filled = new ArrayList<>(results.values());
        filled.removeIf(StepSeries::isEmpty);
        return filled;
    }

    private int[] signatures(List<StepSeries> series) {
        int[] numbers = new int[series.size()];
        for (int i = 0; i < numbers.length; i++) {
            Labels signature = series.get(i).labels.match(matching.on(), matching.labels());
            numbers[i] = signatures.computeIfAbsent(signature, key -> signatures.size());
        }
        return numbers;
    }

    private void step(
            List<StepSeries> many, int[] manySignatures, List<StepSeries> one, int[] oneSignatures, int step) {
        boolean anyMany = many.stream().anyMatch(series -> series.has(step));
        boolean anyOne = one.stream().anyMatch(series -> series.has(step));
        boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
        if (!anyMany && !anyOne || !(anyMany && anyOne) && !fills) {
            return;
        }
        StepSeries[] partners = partners(one, oneSignatures, step);
        boolean[] matched = new boolean[signatures.size()];
        Map<Integer, Set<Labels>> given = new HashMap<>();
        for (int i = 0; i < many.size(); i++) {
            StepSeries series = many.get(i);
            if (!series.has(step)) {
                continue;
            }
            StepSeries partner = partners[manySignatures[i]];
            if (partner != null || matching.fillRight() != null) {
                combine(series, partner, manySignatures[i], matched, given, step);
            }
        }
        for (int i = 0; matching.fillLeft() != null && i < one.size(); i++) {
            if (one.get(i).has(step) && !matched[oneSignatures[i]]) {
                combine(null, one.get(i), oneSignatures[i], matched, given, step);
            }
        }
    }

    private StepSeries[] partners(List<StepSeries> one, int[] oneSignatures, int step) {
        StepSeries[] partners = new StepSeries[signatures.size()];
        for (int i = 0; i < one.size(); i++) {
            StepSeries series = one.get(i);
            if (!series.has(step)) {
                continue;
            }
            StepSeries before = partners[oneSignatures[i]];
            if (before != null) {
                throw duplicate(before, series);
            }
            partners[oneSignatures[i]] = series;
        }
        return partners;
    }

    private QueryException duplicate(StepSeries first, StepSeries second) {
        String[] both = {first.labels.toString(), second.labels.toString()};
        Arrays.sort(both);
        String side = matching.cardinality() == Cardinality.ONE_TO_MANY ? "left" : "right";
        return QueryException.execution("found duplicate series for the match group "
                + second.labels.match(matching.on(), matching.labels())
                + " on the " + side + " hand-side of the operation: [" + both[0] + ", " + both[1]
                + "];many-to-many matching not allowed: matching labels must be unique on one side");
    }

    private void combine(
            StepSeries many,
            StepSeries one,
            int signature,
            boolean[] matched,
            Map<Integer, Set<Labels>> given,
            int step) {
        boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
        double manyValue = many == null ? matching.fillLeft() : many.values[step];
        double oneValue = one == null ? matching.fillRight() : one.values[step];
        StepSeries left = swapped ? one : many;
        StepSeries right = swapped ? many : one;
        boolean defined = arithmetic.apply(
                swapped ? oneValue : manyValue,
                left == null ? null : left.histogram(step),
                swapped ? manyValue : oneValue,
                right == null ? null : right.histogram(step));
        if (!defined) {
            return;
        }
        StepSeries result = results.computeIfAbsent(new Pair(many, one), this::result);
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
            if (matched[signature]) {
                throw QueryException.execution(
                        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
            }
        } else if (!given.computeIfAbsent(signature, key -> new HashSet<>()).add(result.labels)) {
            throw QueryException.execution("multiple matches for labels: grouping labels must ensure unique matches");
        }
        matched[signature] = true;
        if (binary.returnBool()) {
            result.set(step, arithmetic.keep() ? 1 : 0);
        } else if (arithmetic.keep()) {
            arithmetic.give(result, step);
        }
    }

    private StepSeries result(Pair pair) {
        Labels manyLabels = pair.many == null ? group(pair.one) : pair.many.labels;
        Labels oneLabels = pair.one == null ? group(pair.many) : pair.one.labels;
        boolean dropsNow =
                Arithmetic.changesMeaning(binary.op()) || binary.returnBool() && !evaluator.delaysNameRemoval();
        Labels labels = dropsNow ? manyLabels.withoutMetadata() : manyLabels;
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
            labels = matching.on() ? labels.keep(matching.labels()) : labels.without(matching.labels());
        }
        Labels.Builder builder = new Labels.Builder(labels);
        for (String include : matching.include()) {
            builder.set(include, oneLabels.get(include));
        }
        StepSeries result = new StepSeries(builder.build(), evaluator.grid.steps());
        result.dropName = binary.returnBool();
        return result;
    }

    private Labels group(StepSeries series) {
        return series.labels.match(matching.on(), matching.labels());
    }

    private List<StepSeries> set(List<StepSeries> left, List<StepSeries> right) {
        int[] leftSignatures = signatures(left);
        int[] rightSignatures = signatures(right);
        List<StepSeries> result = new ArrayList<>();
        TokenType op = binary.op();
        boolean[][] inLeft = presence(left, leftSignatures);
        boolean[][] inRight = presence(right, rightSignatures);
        for (int i = 0; i < left.size(); i++) {
            boolean[] other = inRight[leftSignatures[i]];
            result.add(filtered(left.get(i), op == TokenType.OR ? null : other, op == TokenType.AND));
        }
        for (int i = 0; op == TokenType.OR && i < right.size(); i++) {
            result.add(filtered(right.get(i), inLeft[rightSignatures[i]], false));
        }
        result.removeIf(StepSeries::isEmpty);
        return result;
    }

    /** For each signature, at which steps a series of it has a sample. */
    private boolean[][] presence(List<StepSeries> series, int[] numbers) {
        boolean[][] presence = new boolean[signatures.size()][evaluator.grid.steps()];
        for (int i = 0; i < series.size(); i++) {
            for (int step = 0; step < evaluator.grid.steps(); step++) {
                presence[numbers[i]][step] |= series.get(i).has(step);
            }
        }
        return presence;
    }

    /** The samples at the steps where the other side is there, or is not; all if there is no other side to look at. */
    private static StepSeries filtered(StepSeries series, boolean[] other, boolean wanted) {
        StepSeries result = new StepSeries(series.labels, series.steps());
        result.dropName = series.dropName;
        for (int step = 0; step < series.steps(); step++) {
            if (series.has(step) && (other == null || other[step] == wanted)) {
                result.copy(step, series);
            }
        }
        return result;
    }
}
