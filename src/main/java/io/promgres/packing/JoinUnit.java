package io.promgres.packing;

import java.util.ArrayList;
import java.util.List;

/**
 * Series whose runs of a period are joined in one transaction, or in several, a span of time each.
 *
 * @param spanMillis length of the blocks that are made, a part of the period
 * @param targets the series of each target: they share times
 */
record JoinUnit(long spanMillis, List<List<LandingUnit.Series>> targets) {

    boolean canBeHalved() {
        return targets.size() > 1 || targets.get(0).size() > 1;
    }

    List<JoinUnit> halves() {
        List<List<LandingUnit.Series>> parts = new ArrayList<>(targets);
        if (parts.size() == 1) {
            List<LandingUnit.Series> one = parts.get(0);
            parts = List.of(one.subList(0, one.size() / 2), one.subList(one.size() / 2, one.size()));
        }
        int half = parts.size() / 2;
        return List.of(
                new JoinUnit(spanMillis, parts.subList(0, half)),
                new JoinUnit(spanMillis, parts.subList(half, parts.size())));
    }
}
