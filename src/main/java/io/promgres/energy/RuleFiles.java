package io.promgres.energy;

import io.promgres.config.ConfigException;
import io.promgres.config.YamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads rule files: the built-in one first, then those that the configuration names, in their order, or the rules that
 * stand in the configuration itself. A rule with the name of
 * an earlier one takes its place, and so does any other key that stands in a later file.
 */
public final class RuleFiles {

    private static final String BUILT_IN = "/energy/standard.yaml";
    private static final Set<String> SECTIONS = Set.of("power", "carbon", "workspaces", "rules");
    private static final Set<String> INLINE_SECTIONS = Set.of("files", "power", "carbon", "workspaces", "rules");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Map<String, YamlNode> rules = new LinkedHashMap<>();
    private final Map<String, Rules.Watts> power = new TreeMap<>();
    private final Map<String, YamlNode> carbon = new LinkedHashMap<>();
    private final Map<String, YamlNode> workspaces = new LinkedHashMap<>();

    private RuleFiles() {}

    /**
     * Reads the built-in rules and these files.
     *
     * @throws ConfigException with file, line and reason
     */
    public static Rules read(List<Path> files) {
        RuleFiles all = new RuleFiles();
        all.add(YamlNode.read("built-in energy rules", builtIn()).mapping(SECTIONS));
        files.forEach(all::add);
        return all.rules();
    }

    /**
     * Reads what {@link RulesText} wrote; nothing else is in force.
     *
     * @throws ConfigException with line and reason
     */
    static Rules ofText(String text) {
        RuleFiles all = new RuleFiles();
        all.add(YamlNode.read("the rules in force", text).mapping(SECTIONS));
        return all.rules();
    }

    /** A rule file, or a configuration that has rules in it. */
    private void add(Path file) {
        YamlNode root = YamlNode.read(file);
        YamlNode energy = root.mapping().get("energy");
        if (energy == null) {
            add(root.mapping(SECTIONS));
        } else {
            addInline(energy.mapping());
        }
    }

    private void addInline(Map<String, YamlNode> energy) {
        if (energy.containsKey("rules")) {
            Map<String, YamlNode> sections = energy.get("rules").mapping(INLINE_SECTIONS);
            if (sections.containsKey("files")) {
                sections.get("files")
                        .list()
                        .forEach(file -> add(YamlNode.read(Path.of(file.text())).mapping(SECTIONS)));
            }
            add(sections);
        }
    }

    private static String builtIn() {
        try (InputStream in = RuleFiles.class.getResourceAsStream(BUILT_IN)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Map<String, YamlNode> sections) {
        Optional.ofNullable(sections.get("power")).ifPresent(this::addPower);
        Optional.ofNullable(sections.get("carbon"))
                .ifPresent(section -> carbon.putAll(section.mapping(
                        Set.of("metric", "where", "factor", "region", "region-label", "constant", "max-age"))));
        Optional.ofNullable(sections.get("workspaces"))
                .ifPresent(
                        section -> workspaces.putAll(section.mapping(Set.of("metric", "where", "labels", "silence"))));
        Set<String> seen = new HashSet<>();
        for (YamlNode rule :
                Optional.ofNullable(sections.get("rules")).map(YamlNode::list).orElse(List.of())) {
            String name = RuleReader.name(rule);
            if (!seen.add(name)) {
                throw rule.wrong("the rule " + name + " stands here for the second time");
            }
            if (EnumSet.of(Kind.INTENSITY, Kind.WORKSPACE).stream()
                    .anyMatch(kind -> kind.toString().equals(name))) {
                throw rule.wrong("a rule cannot be called " + name);
            }
            // Wrong rules that are replaced later are wrong all the same.
            RuleReader.read(rule);
            rules.put(name, rule);
        }
    }

    private void addPower(YamlNode section) {
        Map<String, YamlNode> keys = section.mapping(Set.of("busy-watts", "idle-watts", "machines"));
        Rules.Watts others = power.getOrDefault("", new Rules.Watts(BigDecimal.ZERO, BigDecimal.ZERO));
        power.put("", watts(keys, others));
        if (keys.containsKey("machines")) {
            keys.get("machines")
                    .mapping()
                    .forEach((machine, node) ->
                            power.put(machine, watts(node.mapping(Set.of("busy-watts", "idle-watts")), power.get(""))));
        }
    }

    private static Rules.Watts watts(Map<String, YamlNode> keys, Rules.Watts standard) {
        return new Rules.Watts(
                Optional.ofNullable(keys.get("busy-watts"))
                        .map(RuleReader::amount)
                        .orElse(standard.busy()),
                Optional.ofNullable(keys.get("idle-watts"))
                        .map(RuleReader::amount)
                        .orElse(standard.idle()));
    }

    private Rules rules() {
        List<Rule> all = new ArrayList<>();
        rules.values().forEach(rule -> RuleReader.read(rule).ifPresent(all::add));
        all.add(state(Kind.INTENSITY, carbon));
        all.add(state(Kind.WORKSPACE, workspaces));
        return new Rules(
                List.copyOf(all),
                Map.copyOf(power),
                carbon.get("region-label").text(),
                Optional.ofNullable(carbon.get("region")).map(YamlNode::text),
                Optional.ofNullable(carbon.get("constant")).map(RuleReader::amount),
                RuleReader.duration(carbon.get("max-age")),
                RuleReader.duration(workspaces.get("silence")));
    }

    /** A rule whose samples are no amounts, but say something about the time until the next one. */
    private static Rule state(Kind kind, Map<String, YamlNode> section) {
        return new Rule(
                kind.toString(),
                kind,
                RuleReader.pattern(section.get("metric")),
                Optional.ofNullable(section.get("where"))
                        .map(RuleReader::patterns)
                        .orElse(Map.of()),
                null,
                null,
                Map.of(),
                EnumSet.noneOf(Scope.class),
                MINUTE,
                MINUTE,
                Optional.ofNullable(section.get("factor"))
                        .map(RuleReader::amount)
                        .orElse(BigDecimal.ONE),
                CpuEnergy.NONE,
                false,
                Optional.ofNullable(section.get("labels"))
                        .map(RuleReader::labels)
                        .orElse(Map.of()));
    }
}
