package io.promgres.energy;

import io.promgres.config.Values;
import io.promgres.config.YamlNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Reads one rule of a rule file. Everything that is wrong is a {@link io.promgres.config.ConfigException} with file, line
 * and reason.
 */
final class RuleReader {

    private static final Set<String> KEYS = Set.of(
            "name",
            "enabled",
            "kind",
            "metric",
            "where",
            "series",
            "measure",
            "unit",
            "idle-where",
            "scopes",
            "bucket",
            "max-gap",
            "factor",
            "energy",
            "labels");
    private static final Duration BUCKET = Duration.ofMinutes(5);
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final Duration SHORTEST_BUCKET = Duration.ofSeconds(1);
    private static final Duration LONGEST_BUCKET = Duration.ofDays(1);
    private static final Map<Kind, Set<Unit>> UNITS = Map.of(
            Kind.COUNTER, EnumSet.of(Unit.CPU_SECONDS, Unit.JOULES, Unit.KILOWATT_HOURS),
            Kind.WINDOW, EnumSet.of(Unit.CPU_SECONDS, Unit.JOULES, Unit.KILOWATT_HOURS),
            Kind.GAUGE, EnumSet.of(Unit.WATTS));

    private final YamlNode node;
    private final Map<String, YamlNode> keys;

    private RuleReader(YamlNode node) {
        this.node = node;
        this.keys = node.mapping(KEYS);
    }

    static String name(YamlNode rule) {
        return new RuleReader(rule).required("name").text();
    }

    /** The rule, or nothing if it is switched off. */
    static Optional<Rule> read(YamlNode rule) {
        RuleReader reader = new RuleReader(rule);
        return reader.flag("enabled", true) ? Optional.of(reader.rule()) : Optional.empty();
    }

    private Rule rule() {
        Kind kind = constant(required("kind"), "kind", EnumSet.of(Kind.MEASURE, Kind.COUNTER, Kind.GAUGE, Kind.WINDOW));
        Unit unit = kind == Kind.MEASURE ? null : unit(kind);
        Measure measure =
                kind == Kind.MEASURE ? constant(required("measure"), "measure", EnumSet.allOf(Measure.class)) : null;
        forbid(kind == Kind.MEASURE, "unit", "idle-where");
        forbid(kind != Kind.MEASURE, "measure");
        forbid(kind != Kind.GAUGE, "max-gap");
        forbid(unit != Unit.CPU_SECONDS, "energy");
        return new Rule(
                required("name").text(),
                kind,
                pattern(required("metric")),
                patterns("where"),
                measure,
                unit,
                patterns("idle-where"),
                scopes(),
                bucket(kind),
                duration("max-gap", BUCKET),
                optional("factor", RuleReader::amount).orElse(BigDecimal.ONE),
                unit == Unit.CPU_SECONDS
                        ? optional("energy", RuleReader::cpuEnergy).orElse(CpuEnergy.POWER)
                        : CpuEnergy.NONE,
                optional("series", RuleReader::isNamedOnly).orElse(false),
                labels());
    }

    private YamlNode required(String key) {
        if (!keys.containsKey(key)) {
            throw node.wrong("a rule needs " + key);
        }
        return keys.get(key);
    }

    private void forbid(boolean forbidden, String... names) {
        for (String key : names) {
            if (forbidden && keys.containsKey(key)) {
                throw keys.get(key).wrong(key + " means nothing for this kind of rule");
            }
        }
    }

    private <T> Optional<T> optional(String key, Function<YamlNode, T> read) {
        return Optional.ofNullable(keys.get(key)).map(read);
    }

    private Unit unit(Kind kind) {
        Unit unit = constant(required("unit"), "unit", EnumSet.allOf(Unit.class));
        if (!UNITS.get(kind).contains(unit)) {
            throw required("unit").wrong("a " + kind + " cannot count " + unit);
        }
        return unit;
    }

    private Set<Scope> scopes() {
        if (!keys.containsKey("scopes")) {
            return EnumSet.allOf(Scope.class);
        }
        EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (YamlNode scope : keys.get("scopes").list()) {
            scopes.add(constant(scope, "scope", EnumSet.allOf(Scope.class)));
        }
        if (scopes.isEmpty()) {
            throw keys.get("scopes").wrong("a rule needs a scope");
        }
        return scopes;
    }

    private Duration bucket(Kind kind) {
        Duration bucket = duration("bucket", kind == Kind.WINDOW ? WINDOW : BUCKET);
        if (bucket.compareTo(SHORTEST_BUCKET) < 0 || bucket.compareTo(LONGEST_BUCKET) > 0) {
            throw keys.get("bucket").wrong("a bucket is 1s to 24h long");
        }
        return bucket;
    }

    private Duration duration(String key, Duration standard) {
        return optional(key, RuleReader::duration).orElse(standard);
    }

    private boolean flag(String key, boolean standard) {
        return optional(key, value -> switch (value.text()) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw value.wrong("\"" + value.text() + "\" is neither true nor false");
                })
                .orElse(standard);
    }

    private static CpuEnergy cpuEnergy(YamlNode value) {
        return switch (value.text()) {
            case "power" -> CpuEnergy.POWER;
            case "estimate" -> CpuEnergy.ESTIMATE;
            case "none" -> CpuEnergy.NONE;
            default ->
                throw value.wrong(
                        "energy is power (computed from CPU seconds), estimate (where no meter reports) or none");
        };
    }

    private static boolean isNamedOnly(YamlNode value) {
        return switch (value.text()) {
            case "named" -> true;
            case "all" -> false;
            default -> throw value.wrong("series is all, or named (those that name a machine, project or user)");
        };
    }

    private Map<String, Pattern> patterns(String key) {
        return optional(key, RuleReader::patterns).orElse(Map.of());
    }

    /** Labels and what has to match them as a whole; an empty pattern is for a label that is absent. */
    static Map<String, Pattern> patterns(YamlNode labels) {
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        labels.mapping().forEach((label, value) -> patterns.put(label, pattern(value)));
        return patterns;
    }

    private Map<Dimension, String> labels() {
        return optional("labels", RuleReader::labels).orElse(new EnumMap<>(Dimension.class));
    }

    /** The labels that stand for dimensions. */
    static Map<Dimension, String> labels(YamlNode names) {
        Map<Dimension, String> labels = new EnumMap<>(Dimension.class);
        names.mapping()
                .forEach((dimension, label) -> labels.put(
                        constant(new YamlNode(label.where(), dimension), "dimension", EnumSet.allOf(Dimension.class)),
                        label.text()));
        return labels;
    }

    static Duration duration(YamlNode value) {
        try {
            return Values.parseDuration(value.text());
        } catch (IllegalArgumentException e) {
            throw value.wrong(e.getMessage());
        }
    }

    /** A number that is not negative. */
    static BigDecimal amount(YamlNode value) {
        try {
            BigDecimal amount = new BigDecimal(value.text());
            if (amount.signum() >= 0) {
                return amount;
            }
        } catch (NumberFormatException e) {
            throw value.wrong("\"" + value.text() + "\" is not a number");
        }
        throw value.wrong(value.text() + " is less than 0");
    }

    static Pattern pattern(YamlNode value) {
        try {
            return Pattern.compile(value.textOrEmpty());
        } catch (PatternSyntaxException e) {
            throw value.wrong("\"" + value.text() + "\" is not a regular expression: " + e.getDescription());
        }
    }

    private static <E extends Enum<E>> E constant(YamlNode value, String what, Set<E> known) {
        return known.stream()
                .filter(constant -> constant.toString().equals(value.text()))
                .findFirst()
                .orElseThrow(() -> value.wrong("unknown " + what + " " + value.text() + "; known are " + names(known)));
    }

    private static <E extends Enum<E>> String names(Set<E> known) {
        return known.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
