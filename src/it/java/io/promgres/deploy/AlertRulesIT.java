package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of deploy/prometheus: they are right, each alert fires when it should, and somebody knows what to do then. */
@AnyServer
class AlertRulesIT {

    private static final Path RULES = Path.of("deploy/prometheus/promgres-rules.yml");
    private static final Path TESTS = Path.of("deploy/prometheus/promgres-rules.test.yml");
    private static final Path RUNBOOK = Path.of("src/docs/operations.md");

    // Not preceded by a colon, which the names of recorded series have.
    private static final Pattern METRIC = Pattern.compile("(?<![\\w:])(?:promgres|hikaricp|jvm|process)_\\w+");

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        for (JsonNode group : new YAMLMapper().readTree(RULES.toFile()).get("groups")) {
            group.get("rules").forEach(rules::add);
        }
        return rules;
    }

    private static List<JsonNode> alerts() throws IOException {
        return rules().stream().filter(rule -> rule.has("alert")).toList();
    }

    @Test
    void prometheusTakesTheRules() throws Exception {
        Programs.require("promtool");
        Programs.Ended check = Programs.run("promtool", "check", "rules", RULES.toString());
        assertThat(check.code()).as(check.said()).isZero();
        assertThat(check.said()).contains("SUCCESS: " + rules().size() + " rules");
    }

    @Test
    void eachAlertFiresWhenItShouldAndNoneForAHealthyDaemon() throws Exception {
        Programs.require("promtool");
        Programs.Ended test = Programs.run("promtool", "test", "rules", TESTS.toString());
        assertThat(test.code()).as(test.said()).isZero();
    }

    @Test
    void eachAlertIsTestedForFiringAndForSilence() throws IOException {
        List<JsonNode> tested = new ArrayList<>();
        for (JsonNode test : new YAMLMapper().readTree(TESTS.toFile()).get("tests")) {
            test.get("alert_rule_test").forEach(tested::add);
        }
        for (JsonNode alert : alerts()) {
            String name = alert.get("alert").asText();
            assertThat(tested.stream()
                            .filter(test -> test.get("alertname").asText().equals(name))
                            .map(test -> test.get("exp_alerts").isEmpty())
                            .toList())
                    .as(name)
                    .containsExactlyInAnyOrder(false, true);
        }
    }

    @Test
    void eachAlertHasASummaryASeverityAndAPartOfTheRunbook() throws IOException {
        List<String> headings = Files.readAllLines(RUNBOOK).stream()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();
        for (JsonNode alert : alerts()) {
            String name = alert.get("alert").asText();
            assertThat(alert.at("/annotations/summary").asText()).as(name).isNotBlank();
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("warning", "critical");
            assertThat(alert.at("/annotations/runbook").asText())
                    .isEqualTo(RUNBOOK + "#" + name.toLowerCase(Locale.ROOT));
            assertThat(headings).contains(name);
        }
    }

    @Test
    void whatTheRulesAskForIsWhatTheDaemonShows() throws Exception {
        Set<String> asked = new TreeSet<>();
        for (JsonNode rule : rules()) {
            Matcher names = METRIC.matcher(rule.get("expr").asText());
            while (names.find()) {
                asked.add(names.group());
            }
        }
        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(shown()).containsAll(asked);
    }

    private static Set<String> shown() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database)) {
            daemon.send(TestSample.of("load", System.currentTimeMillis(), 1));
            return Stream.of(daemon.sender().get("/metrics").body().split("\n"))
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]")[0])
                    .collect(Collectors.toSet());
        }
    }
}
