package io.promgres.packing;

import java.util.Set;

/** Runs with holes are planned, for which the views of their metrics do not look yet. */
final class OutdatedViewException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Set<Integer> metricIds;

    OutdatedViewException(Set<Integer> metricIds) {
        super("the views of metrics " + metricIds + " do not look for holes", null, false, false);
        this.metricIds = metricIds;
    }

    Set<Integer> metricIds() {
        return metricIds;
    }
}
