package io.promgres.energy;

import io.promgres.model.LabelSet;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a rule takes from the labels of a series. Absent labels are null.
 *
 * @param measure a column of energy.fact_usage, or the kind of the rule where its samples are no amounts
 * @param scope the only scope where it counts, null for every scope that its labels name
 * @param region chooses the carbon intensity, empty if absent
 * @param startedAt of a session, else null
 */
record Source(
        String measure,
        Scope scope,
        String userId,
        String displayName,
        String groupName,
        String machineName,
        String project,
        String instance,
        String region,
        String workspaceId,
        Instant startedAt) {

    /** A series that the rule chooses but cannot use. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient SkipReason why;

        Unusable(SkipReason why) {
            super(why.toString(), null, false, false);
            this.why = why;
        }

        SkipReason why() {
            return why;
        }
    }

    /** @param regionLabel see {@link Rules#regionLabel} */
    static Source of(Rule rule, LabelSet series, String regionLabel) throws Unusable {
        boolean workspace = rule.kind() == Kind.WORKSPACE;
        Source source = new Source(
                rule.unit() == null && rule.measure() == null
                        ? rule.kind().toString()
                        : rule.measureOf(series).toString(),
                rule.kind() == Kind.MEASURE ? scope(rule, series) : null,
                rule.value(series, Dimension.USER_ID),
                rule.value(series, Dimension.DISPLAY_NAME),
                rule.value(series, Dimension.GROUP_NAME),
                rule.value(series, Dimension.MACHINE_NAME),
                rule.value(series, Dimension.CLOUD_PROJECT_NAME),
                rule.value(series, Dimension.INSTANCE),
                series.value(regionLabel),
                workspace ? series.value(rule.labelOf(Dimension.WORKSPACE_ID)) : null,
                workspace ? startedAt(series.value(rule.labelOf(Dimension.STARTED_AT))) : null);
        if (workspace && (source.workspaceId.isEmpty() || source.machineName == null || source.instance == null)) {
            throw new Unusable(SkipReason.MISSING_LABEL);
        }
        return source;
    }

    /** Whether it names a machine, a project or a user. */
    boolean isNamed() {
        return machineName != null || project != null || userId != null;
    }

    /** Where it is: the host of its instance, null if it has none. */
    String host() {
        return instance == null ? null : InstanceAddress.parse(instance).host();
    }

    /** The same for all that come from the same place, and no others. */
    UUID placeDigest() {
        String place = Stream.of(machineName, project, userId, instance, region)
                .map(label -> label == null ? "-" : "+" + label.length() + ":" + label)
                .collect(Collectors.joining());
        return UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8));
    }

    /** The label scope decides; without it, the narrowest that the labels name. */
    private static Scope scope(Rule rule, LabelSet series) throws Unusable {
        String wanted = series.value("scope");
        Scope scope = wanted.isEmpty() ? narrowest(rule, series) : named(wanted);
        Dimension key = key(scope);
        if (key != null && rule.value(series, key) == null) {
            throw new Unusable(SkipReason.NO_KEY_FOR_SCOPE);
        }
        return scope;
    }

    private static Scope named(String name) throws Unusable {
        return Arrays.stream(Scope.values())
                .filter(scope -> scope.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new Unusable(SkipReason.UNKNOWN_SCOPE));
    }

    private static Scope narrowest(Rule rule, LabelSet series) {
        for (Scope scope : new Scope[] {Scope.USER, Scope.MACHINE, Scope.PROJECT}) {
            if (rule.value(series, key(scope)) != null) {
                return scope;
            }
        }
        return Scope.ADA;
    }

    private static Dimension key(Scope scope) {
        return switch (scope) {
            case USER -> Dimension.USER_ID;
            case MACHINE -> Dimension.MACHINE_NAME;
            case PROJECT -> Dimension.CLOUD_PROJECT_NAME;
            case ADA -> null;
        };
    }

    /** ISO 8601 with an offset or Z, or seconds since 1970. */
    static Instant startedAt(String text) throws Unusable {
        try {
            return text.matches("[0-9]{1,11}")
                    ? Instant.ofEpochSecond(Long.parseLong(text))
                    : OffsetDateTime.parse(text.replaceFirst(" ", "T")).toInstant();
        } catch (DateTimeException e) {
            throw new Unusable(SkipReason.UNPARSABLE_STARTED_AT);
        }
    }
}
