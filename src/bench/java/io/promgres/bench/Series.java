package io.promgres.bench;

import java.util.List;

/**
 * A series.
 *
 * @param target number of the target that exposes it
 * @param pod number of its pod, whose name changes with time; {@link #NO_POD} if it has none
 * @param motion how its values move
 * @param labels name, value, name, value, ... sorted by name; the value of {@code pod} ends with the digits that change
 */
record Series(int target, int pod, Motion motion, List<String> labels) {

    static final int NO_POD = -1;

    String metric() {
        return labels.get(labels.indexOf("__name__") + 1);
    }
}
