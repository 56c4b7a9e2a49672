package io.promgres.packing;

import java.util.Set;

/** Runs are planned that the views of their metrics do not look at yet: packed at all, or with holes. */
final class OutdatedViewException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Set<Integer> metricIds;

    OutdatedViewException(Set<Integer> metricIds) {
        super("the views of metrics " + metricIds + " do not look at what is to be packed", null, false, false);
        this.metricIds = metricIds;
    }

    Set<Integer> metricIds() {
        return metricIds;
    }
}
