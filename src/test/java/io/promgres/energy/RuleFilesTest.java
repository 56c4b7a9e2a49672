package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.config.ConfigException;
import io.promgres.config.ConfigLoader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RuleFilesTest {

    @TempDir
    private Path directory;

    private Rules read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("rules.yaml"), yaml);
        return RuleFiles.read(List.of(file));
    }

    private static Rule rule(Rules rules, String name) {
        return rules.rules().stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void withoutFilesTheBuiltInRulesAreInForce() {
        Rules rules = RuleFiles.read(List.of());

        assertThat(rules.rules().stream().map(Rule::name))
                .containsExactly(
                        "usage-busy-cpu",
                        "usage-idle-cpu",
                        "usage-busy-energy",
                        "usage-idle-energy",
                        "usage-busy-carbon",
                        "usage-idle-carbon",
                        "usage-intensity",
                        "node-cpu",
                        "intensity",
                        "workspace");
        assertThat(rules.power().get("")).isEqualTo(new Rules.Watts(BigDecimal.valueOf(12), BigDecimal.ONE));
        assertThat(rule(rules, "node-cpu").bucket()).isEqualTo(Duration.ofMinutes(5));
        assertThat(rules.intensityConstant()).isEmpty();
    }

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("config/energy"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shippedFilesAreRight(Path file) {
        assertThat(RuleFiles.read(List.of(file)).rules()).isNotEmpty();
    }

    @Test
    void aRuleTakesThePlaceOfTheOneWithItsName() throws IOException {
        Rules rules = read("""
                rules:
                  - {name: node-cpu, kind: counter, metric: my_cpu, unit: cpu-seconds, bucket: 1m}
                  - {name: usage-intensity, enabled: false}
                """);

        assertThat(rule(rules, "node-cpu").metric().pattern()).isEqualTo("my_cpu");
        assertThat(rules.rules()).noneMatch(rule -> rule.name().equals("usage-intensity"));
    }

    @Test
    void theConfigurationHasRulesInItselfAfterFilesThatItNames() throws IOException {
        Files.writeString(directory.resolve("first.yaml"), "carbon: {constant: 7}\npower: {busy-watts: 30}\n");
        Path config =
                Files.writeString(directory.resolve("promgres.yaml"), """
                listen: 127.0.0.1:0
                energy:
                  rules:
                    files: [%s]
                    power: {busy-watts: 40}
                    rules:
                      - {name: node-cpu, enabled: false}
                """.formatted(directory.resolve("first.yaml")));

        Rules rules = RuleFiles.read(ConfigLoader.load(Optional.of(config), Map.of())
                .config()
                .energy()
                .rules());

        assertThat(rules.rules()).noneMatch(rule -> rule.name().equals("node-cpu"));
        assertThat(rules.power()).containsEntry("", new Rules.Watts(BigDecimal.valueOf(40), BigDecimal.ONE));
        assertThat(rules.intensityConstant()).contains(BigDecimal.valueOf(7));
    }

    @Test
    void aWrongRuleInTheConfigurationNamesItsLineThere() throws IOException {
        Path config = Files.writeString(
                directory.resolve("promgres.yaml"), "energy:\n  rules:\n    power:\n      busy-wats: 3\n");
        assertThatThrownBy(() -> RuleFiles.read(List.of(config)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("promgres.yaml:4: unknown key busy-wats");
    }

    @Test
    void machinesHaveTheirOwnPowerAndCarbonItsConstant() throws IOException {
        Rules rules = read("""
                power:
                  busy-watts: 20
                  machines:
                    big: {busy-watts: 250.5}
                carbon:
                  constant: 33
                workspaces:
                  silence: 90s
                """);

        assertThat(rules.power())
                .containsEntry("", new Rules.Watts(BigDecimal.valueOf(20), BigDecimal.ONE))
                .containsEntry("big", new Rules.Watts(new BigDecimal("250.5"), BigDecimal.ONE));
        assertThat(rules.intensityConstant()).contains(BigDecimal.valueOf(33));
        assertThat(rules.workspaceSilence()).isEqualTo(Duration.ofSeconds(90));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: measure, metric: m, measure: busy_joules | unknown measure busy_joules",
                "kind: counter, metric: m, unit: joules, scopes: [galaxy] | unknown scope galaxy",
                "kind: counter, metric: m, unit: joules, scopes: [] | a rule needs a scope",
                "kind: counter, metric: 'm(', unit: joules | is not a regular expression",
                "kind: counter, metric: m, unit: joules, where: {a: '['} | is not a regular expression",
                "kind: counter, metric: m, unit: joules, color: red | unknown key color",
                "kind: counter, metric: m, unit: watts | a counter cannot count watts",
                "kind: counter, metric: m | a rule needs unit",
                "kind: counter, unit: joules | a rule needs metric",
                "kind: pump, metric: m | unknown kind pump",
                "kind: measure, metric: m, measure: busy_kwh, unit: joules | unit means nothing",
                "kind: counter, metric: m, unit: joules, energy: none | energy means nothing",
                "kind: counter, metric: m, unit: cpu-seconds, energy: coal | energy is power",
                "kind: counter, metric: m, unit: joules, factor: x | is not a number",
                "kind: counter, metric: m, unit: joules, factor: -1 | -1 is less than 0",
                "kind: counter, metric: m, unit: joules, bucket: 5 | is not a duration",
                "kind: counter, metric: m, unit: joules, bucket: 2d | a bucket is 1s to 24h long",
                "kind: counter, metric: m, unit: joules, enabled: maybe | neither true nor false",
                "kind: counter, metric: m, unit: joules, labels: {machine: x} | unknown dimension machine",
                "kind: counter, metric: [m], unit: joules | expected a single value",
                "kind: counter, metric: &m joules, unit: *m | unit is an alias",
                "kind: counter, kind: gauge | second time"
            })
    void aWrongRuleNamesFileLineAndReason(String rule, String reason) {
        assertThatThrownBy(() -> read("rules:\n  - {name: good, enabled: false}\n  - {name: wrong, " + rule + "}\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rules.yaml:3: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour: red | rules.yaml:1: unknown key colour",
                "power: {busy-watts: many} | rules.yaml:1: \"many\" is not a number",
                "power: 12 | rules.yaml:1: expected keys with values",
                "carbon: {max-age: old} | rules.yaml:1: \"old\" is not a duration",
                "workspaces: {metric: '('} | rules.yaml:1: \"(\" is not a regular expression",
                "rules: {a: b} | rules.yaml:1: expected a list",
                "'rules: [{name: a, enabled: false}, {name: a, enabled: false}]' | the rule a stands here for the second time",
                "'rules: [{name: workspace, enabled: false}]' | a rule cannot be called workspace",
                "'rules: [' | not YAML"
            })
    void aWrongFileNamesLineAndReason(String yaml, String reason) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigException.class).hasMessageContaining(reason);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> RuleFiles.read(List.of(directory.resolve("none.yaml"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("none.yaml: there is no such file");
    }

    @Test
    void rulesAreTheSameWhenTheyAreReadFromTheirText() throws IOException {
        List<Rules> all = new ArrayList<>();
        all.add(RuleFiles.read(List.of()));
        try (Stream<Path> files = Files.list(Path.of("config/energy"))) {
            files.forEach(file -> all.add(RuleFiles.read(List.of(file))));
        }
        all.add(read("""
                power: {busy-watts: 20.50, machines: {"node \\"7\\"": {busy-watts: 3, idle-watts: 0}}}
                carbon: {metric: 'intensity_(a|b)', constant: 230, region-label: zone, max-age: 90m, region: UK,
                         where: {provider: b, forecast: ''}, factor: 1000}
                workspaces: {metric: session, silence: 90s, labels: {user_id: owner, workspace_id: id}, where: {kind: vm}}
                rules:
                  - {name: gauge, kind: gauge, metric: 'p\\d+_watts', unit: watts, factor: 0.001, max-gap: 90s,
                     where: {host: 'a\\.b|"c"'}, idle-where: {mode: idle}, scopes: [ada, user], bucket: 1m,
                     labels: {machine_name: Hostname}}
                  - {name: cpu, kind: counter, metric: cpu, unit: cpu-seconds, energy: estimate, series: named}
                """));

        assertThat(all).allSatisfy(rules -> {
            Rules again = RuleFiles.ofText(RulesText.of(rules));
            // A Pattern is equal to itself only.
            assertThat(again.toString()).isEqualTo(rules.toString());
        });
    }
}
