package io.promgres.energy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rules as the text of one rule file; {@link RuleFiles#ofText} reads the same rules from it. */
final class RulesText {

    private RulesText() {}

    /** All of them: the built-in ones as well. */
    static String of(Rules rules) {
        Map<String, Object> sections = new LinkedHashMap<>();
        sections.put("power", power(rules.power()));
        sections.put("carbon", carbon(rules));
        sections.put("workspaces", workspaces(rules));
        sections.put(
                "rules",
                rules.rules().stream()
                        .filter(RulesText::isUsage)
                        .map(RulesText::rule)
                        .toList());
        return sections.entrySet().stream()
                .map(section -> section.getKey() + ": " + text(section.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    /** One rule, all that is in it. */
    static String of(Rule rule) {
        return isUsage(rule)
                ? text(rule(rule))
                : text(state(rule)) + rule.factor().toPlainString() + text(labels(rule));
    }

    private static boolean isUsage(Rule rule) {
        return rule.kind() != Kind.INTENSITY && rule.kind() != Kind.WORKSPACE;
    }

    private static Map<String, Object> power(Map<String, Rules.Watts> power) {
        Map<String, Object> machines = new TreeMap<>();
        power.forEach((machine, watts) -> {
            if (!machine.isEmpty()) {
                machines.put(machine, watts(watts));
            }
        });
        Map<String, Object> section = watts(power.get(""));
        section.put("machines", machines);
        return section;
    }

    private static Map<String, Object> watts(Rules.Watts watts) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("busy-watts", watts.busy().toPlainString());
        keys.put("idle-watts", watts.idle().toPlainString());
        return keys;
    }

    private static Map<String, Object> carbon(Rules rules) {
        Map<String, Object> section = state(of(rules, Kind.INTENSITY));
        section.put("factor", of(rules, Kind.INTENSITY).factor().toPlainString());
        section.put("region-label", rules.regionLabel());
        rules.region().ifPresent(value -> section.put("region", value));
        rules.intensityConstant().map(BigDecimal::toPlainString).ifPresent(value -> section.put("constant", value));
        section.put("max-age", duration(rules.intensityMaxAge()));
        return section;
    }

    private static Map<String, Object> workspaces(Rules rules) {
        Map<String, Object> section = state(of(rules, Kind.WORKSPACE));
        section.put("labels", labels(of(rules, Kind.WORKSPACE)));
        section.put("silence", duration(rules.workspaceSilence()));
        return section;
    }

    private static Rule of(Rules rules, Kind kind) {
        return rules.rules().stream()
                .filter(rule -> rule.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Object> state(Rule rule) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("metric", rule.metric().pattern());
        keys.put("where", patterns(rule.where()));
        return keys;
    }

    private static Map<String, Object> rule(Rule rule) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("name", rule.name());
        keys.put("kind", rule.kind().toString());
        keys.put("metric", rule.metric().pattern());
        keys.put("where", patterns(rule.where()));
        if (rule.kind() == Kind.MEASURE) {
            keys.put("measure", rule.measure().toString());
        } else {
            keys.put("unit", rule.unit().toString());
            keys.put("idle-where", patterns(rule.idleWhere()));
        }
        if (rule.unit() == Unit.CPU_SECONDS) {
            keys.put("energy", rule.cpuEnergy().toString());
        }
        if (rule.kind() == Kind.GAUGE) {
            keys.put("max-gap", duration(rule.maxGap()));
        }
        keys.put("series", rule.namedOnly() ? "named" : "all");
        keys.put("scopes", rule.scopes().stream().map(Object::toString).toList());
        keys.put("bucket", duration(rule.bucket()));
        keys.put("factor", rule.factor().toPlainString());
        keys.put("labels", labels(rule));
        return keys;
    }

    private static Map<String, Object> labels(Rule rule) {
        Map<String, Object> labels = new LinkedHashMap<>();
        rule.labels().forEach((dimension, label) -> labels.put(dimension.toString(), label));
        return labels;
    }

    private static Map<String, Object> patterns(Map<String, Pattern> patterns) {
        Map<String, Object> texts = new LinkedHashMap<>();
        patterns.forEach((label, pattern) -> texts.put(label, pattern.pattern()));
        return texts;
    }

    private static String duration(Duration duration) {
        return duration.toMillis() + "ms";
    }

    /** As JSON, which is YAML too. */
    private static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> quoted(entry.getKey().toString()) + ": " + text(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof Collection<?> list) {
            return List.copyOf(list).stream().map(RulesText::text).collect(Collectors.joining(", ", "[", "]"));
        }
        return quoted(value.toString());
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
