package io.promgres.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The turns of two daemons that took turns, pair by pair. */
final class ComparedTurns {

    private final Load load;
    private final List<Turn> as = new ArrayList<>();
    private final List<Turn> with = new ArrayList<>();

    ComparedTurns(Load load) {
        this.load = load;
    }

    /**
     * Adds a pair.
     *
     * @param as of the daemon as it is
     * @param with of the daemon with the other settings
     */
    void add(Turn as, Turn with) {
        this.as.add(as);
        this.with.add(with);
    }

    Load load() {
        return load;
    }

    int pairs() {
        return as.size();
    }

    Turn as(int pair) {
        return as.get(pair);
    }

    Turn with(int pair) {
        return with.get(pair);
    }

    /** What the other settings make of a figure: of each pair the one divided by the other. */
    double[] ratios(ToDoubleFunction<Turn> figure) {
        return IntStream.range(0, pairs())
                .mapToDouble(pair -> figure.applyAsDouble(with(pair)) / figure.applyAsDouble(as(pair)))
                .toArray();
    }
}
