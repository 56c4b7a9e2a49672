package io.promgres.promql;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/** What Prometheus has switched off unless told otherwise. */
public enum Feature {
    EXPERIMENTAL_FUNCTIONS("promql-experimental-functions"),
    DURATION_EXPRESSIONS("promql-duration-expr"),
    DELAYED_NAME_REMOVAL("promql-delayed-name-removal"),
    EXTENDED_RANGE_SELECTORS("promql-extended-range-selectors"),
    FILL_MODIFIERS("promql-binop-fill-modifiers"),
    START_TIMESTAMPS("use-start-timestamps");

    private final String flag;

    Feature(String flag) {
        this.flag = flag;
    }

    /** @param flags Prometheus' names */
    public static Set<Feature> of(Collection<String> flags) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        Arrays.stream(values()).filter(one -> flags.contains(one.flag)).forEach(features::add);
        return features;
    }
}
