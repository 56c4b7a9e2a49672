package io.promgres.packing;

import java.util.Set;

/** Runs with holes are planned for metrics whose views do not look at holes yet. */
final class OutdatedViewException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Set<Integer> metricIds;

    OutdatedViewException(Set<Integer> metricIds) {
        super("the views of metrics " + metricIds + " do not look at holes", null, false, false);
        this.metricIds = metricIds;
    }

    Set<Integer> metricIds() {
        return metricIds;
    }
}
