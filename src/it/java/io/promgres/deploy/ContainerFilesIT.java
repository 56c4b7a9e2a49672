package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.config.Config;
import io.promgres.config.Key;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Docker, compose and Kubernetes, as far as their files can be looked at without an engine: they agree with the daemon. */
@AnyServer
class ContainerFilesIT {

    private static final int PORT = 9201;
    private static final String LABEL = "app.kubernetes.io~1name";

    private static final Pattern ENV = Pattern.compile("(PROMGRES_\\w+)=(\\S+)");

    private static String dockerfile() throws IOException {
        return Files.readString(Path.of("deploy/docker/Dockerfile"));
    }

    private static JsonNode compose() throws IOException {
        return DeployFiles.yaml("compose/compose.yml").get("services");
    }

    private static JsonNode container() throws IOException {
        return DeployFiles.yaml("kubernetes/deployment.yml").at("/spec/template/spec/containers/0");
    }

    @Test
    void everyFileThatIsYamlOrJsonCanBeRead() throws IOException {
        int read = 0;
        for (Path file : DeployFiles.all()) {
            if (file.toString().matches(".*\\.(yml|yaml|json)")) {
                assertThat(DeployFiles.parsed(file).isObject())
                        .as(file.toString())
                        .isTrue();
                read++;
            }
        }
        assertThat(read).isGreaterThan(15);
    }

    @Test
    void everySettingThatIsNamedAnywhereExists() throws IOException {
        Set<String> settings = Key.all().stream().map(Key::environmentVariable).collect(Collectors.toSet());
        for (Path file : DeployFiles.all()) {
            assertThat(settings).as(file.toString()).containsAll(DeployFiles.variables(file));
        }
    }

    @Test
    void theImageListensOnAllAddressesOfTheUsualPortAndRunsAsNobodySpecial() throws IOException {
        Map<String, String> environment = new HashMap<>();
        Matcher variables = ENV.matcher(dockerfile().substring(dockerfile().indexOf("\nENV ")));
        while (variables.find()) {
            environment.put(variables.group(1), variables.group(2));
        }
        Config config = DeployFiles.config(environment);
        assertThat(config.listen()).hasToString("0.0.0.0:" + PORT);
        assertThat(config.dataDir()).startsWithRaw(Path.of("/var/lib/promgres"));
        assertThat(dockerfile())
                .contains("\nEXPOSE " + PORT + "\n", "\nUSER 10001:10001\n", "\nVOLUME /var/lib/promgres\n");
    }

    @Test
    void whatTheImageRunsAreCommandsOfPromgres() throws IOException {
        assertThat(dockerfile())
                .contains("\nENTRYPOINT [\"promgres\"]\n", "CMD [\"promgres\", \"health\"]", "\nCMD [\"serve\"]\n");
        for (String copied :
                dockerfile().lines().filter(line -> line.startsWith("COPY ")).toList()) {
            if (!copied.contains("--from=")) {
                assertThat(Path.of(copied.split(" ")[1])).exists();
            }
        }
    }

    @Test
    void composeGivesPromgresSettingsThatItTakes() throws IOException {
        Map<String, String> environment = new TreeMap<>();
        compose()
                .at("/promgres/environment")
                .properties()
                .forEach(one ->
                        environment.put(one.getKey(), one.getValue().asText().replaceAll("\\$\\{\\w+}", "secret")));
        Config config = DeployFiles.config(environment);
        assertThat(config.listen().port()).isEqualTo(PORT);
        assertThat(config.db().orElseThrow().database()).isEqualTo("metrics");
        assertThat(config.db().orElseThrow().hosts().get(0).host()).isEqualTo("postgres");
        assertThat(compose().has("postgres")).isTrue();
    }

    @Test
    void composeMountsOnlyWhatIsThereOpensPortsOnlyToThisMachineAndPinsItsImages() throws IOException {
        for (JsonNode service : compose()) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asText().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(Path.of("deploy/compose").resolve(source)).exists();
                }
            }
            service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
            assertThat(service.get("image").asText()).matches("promgres|.+:v?\\d[\\w.]*");
            service.path("depends_on")
                    .fieldNames()
                    .forEachRemaining(name -> assertThat(names()).contains(name));
        }
        assertThat(Path.of(
                                "deploy/compose",
                                compose().at("/promgres/build/context").asText())
                        .resolve(compose().at("/promgres/build/dockerfile").asText()))
                .exists();
    }

    @Test
    void composeOfCitusGivesPromgresSettingsThatItTakesAndRegistersEveryWorker() throws IOException {
        JsonNode services = DeployFiles.yaml("citus/compose.yml").get("services");
        Map<String, String> environment = new TreeMap<>();
        services.at("/promgres/environment")
                .properties()
                .forEach(one ->
                        environment.put(one.getKey(), one.getValue().asText().replaceAll("\\$\\{\\w+}", "secret")));
        Config config = DeployFiles.config(environment);
        assertThat(services.has(config.db().orElseThrow().hosts().get(0).host()))
                .isTrue();
        for (JsonNode service : services) {
            service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
            service.path("depends_on")
                    .fieldNames()
                    .forEachRemaining(name -> assertThat(services.has(name)).isTrue());
        }
        assertThat(services.at("/coordinator/volumes/0").asText()).startsWith("./init.sh:");
        assertThat(Path.of("deploy/citus/init.sh")).isExecutable();
        String registered = services.at("/register/entrypoint").toString();
        services.fieldNames().forEachRemaining(name -> {
            if (name.startsWith("worker")) {
                assertThat(registered).contains("citus_add_node('" + name + "', 5432)");
            }
        });
    }

    @Test
    void aDatabaseOfComposeIsHealthyWhenItListensAndMountsAreWhatEveryEngineTakes() throws IOException {
        // Its first start runs a server on a socket only, which makes the roles and ends.
        assertThat(compose().at("/postgres/healthcheck/test/1").asText()).contains("pg_isready -h 127.0.0.1 ");
        for (JsonNode service : compose()) {
            service.path("volumes")
                    .forEach(volume -> assertThat(volume.asText()).doesNotContain("shared", "slave"));
        }
        assertThat(dockerfile()).contains("\nHEALTHCHECK ");
    }

    @Test
    void composeItselfTakesTheFilesWhereItIsInstalled() throws Exception {
        Programs.require("docker");
        Assumptions.assumeTrue(Programs.run("docker", "compose", "version").code() == 0, "docker has no compose");
        for (String directory : List.of("compose", "citus")) {
            Path files = DeployFiles.DIRECTORY.resolve(directory);
            Programs.Ended check = Programs.run(
                    "docker",
                    "compose",
                    "--file",
                    files.resolve("compose.yml").toString(),
                    "--env-file",
                    files.resolve("env.example").toString(),
                    "config",
                    "--quiet");
            assertThat(check.code()).as(check.said()).isZero();
        }
    }

    private static List<String> names() {
        try {
            List<String> names = new ArrayList<>();
            compose().fieldNames().forEachRemaining(names::add);
            return names;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void grafanaHasEveryVariableOfItsDataSourceAndPasswordsHaveAnExample() throws IOException {
        String source = Files.readString(Path.of("deploy/grafana/provisioning/datasources/promgres.yml"));
        Matcher variables = Pattern.compile("\\$(\\w+)").matcher(source);
        Set<String> asked = new HashSet<>();
        while (variables.find()) {
            asked.add(variables.group(1));
        }
        assertThat(asked).isNotEmpty().allMatch(name -> hasGrafana(name));
        String example = Files.readString(Path.of("deploy/compose/env.example"));
        Matcher wanted =
                Pattern.compile("\\$\\{(\\w+)").matcher(Files.readString(Path.of("deploy/compose/compose.yml")));
        while (wanted.find()) {
            assertThat(example).contains("\n" + wanted.group(1) + "=");
        }
    }

    private static boolean hasGrafana(String variable) {
        try {
            return compose().at("/grafana/environment").has(variable);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void prometheusTakesItsConfigurations(@TempDir Path directory) throws Exception {
        Programs.require("promtool");
        Files.copy(Path.of("deploy/prometheus/promgres-rules.yml"), directory.resolve("promgres-rules.yml"));
        for (String file :
                List.of("compose/prometheus.yml", "prometheus/promgres-writer.yml", "prometheus/promgres-reader.yml")) {
            // Of 2.54, which the installed one may be older than.
            String text = Files.readString(DeployFiles.DIRECTORY.resolve(file))
                    .replaceAll("(?m)^ *protobuf_message:.*\n", "");
            Path copy = Files.writeString(directory.resolve("prometheus.yml"), text);
            Programs.Ended check = Programs.run("promtool", "check", "config", copy.toString());
            assertThat(check.code()).as(check.said()).isZero();
        }
        JsonNode compose = DeployFiles.yaml("compose/prometheus.yml");
        assertThat(compose.at("/remote_write/0/url").asText()).isEqualTo("http://promgres:" + PORT + "/api/v1/write");
        assertThat(compose.findValuesAsText("job_name")).contains("promgres", "node", "prometheus");
    }

    @Test
    void prometheusTakesTheDivisionOfTargetsThatScaleOutHas(@TempDir Path directory) throws Exception {
        Programs.require("promtool");
        Matcher example = Pattern.compile("(?s)```yaml\n(remote_write:.*?)```")
                .matcher(Files.readString(Path.of("src/docs/scale-out.md")));
        assertThat(example.find()).isTrue();
        Path file = Files.writeString(directory.resolve("prometheus.yml"), example.group(1));
        Programs.Ended check = Programs.run("promtool", "check", "config", file.toString());
        assertThat(check.code()).as(check.said()).isZero();
    }

    @Test
    void podsAreFoundByTheirLabelAndLeaveOneAlive() throws IOException {
        JsonNode deployment = DeployFiles.yaml("kubernetes/deployment.yml");
        JsonNode budget = DeployFiles.yaml("kubernetes/poddisruptionbudget.yml");
        String label = deployment.at("/spec/template/metadata/labels/" + LABEL).asText();
        assertThat(label).isEqualTo("promgres");
        for (String selector : List.of(
                deployment.at("/spec/selector/matchLabels/" + LABEL).asText(),
                DeployFiles.yaml("kubernetes/service.yml")
                        .at("/spec/selector/" + LABEL)
                        .asText(),
                budget.at("/spec/selector/matchLabels/" + LABEL).asText(),
                DeployFiles.yaml("kubernetes/networkpolicy.yml")
                        .at("/spec/podSelector/matchLabels/" + LABEL)
                        .asText())) {
            assertThat(selector).isEqualTo(label);
        }
        assertThat(budget.at("/spec/minAvailable").asInt())
                .isPositive()
                .isLessThan(deployment.at("/spec/replicas").asInt());
    }

    @Test
    void kubernetesGivesPromgresSettingsThatItTakesAndTheUriFromASecret() throws IOException {
        Map<String, String> environment = new TreeMap<>();
        JsonNode secret = DeployFiles.yaml("kubernetes/secret.example.yml");
        for (JsonNode variable : container().get("env")) {
            JsonNode key = variable.at("/valueFrom/secretKeyRef");
            if (!key.isMissingNode()) {
                assertThat(key.get("name").asText())
                        .isEqualTo(secret.at("/metadata/name").asText());
            }
            environment.put(
                    variable.get("name").asText(),
                    key.isMissingNode()
                            ? variable.get("value").asText()
                            : secret.get("stringData")
                                    .get(key.get("key").asText())
                                    .asText());
        }
        Config config = DeployFiles.config(environment);
        assertThat(config.db()).isPresent();
        assertThat(config.listen()).hasToString("0.0.0.0:" + PORT);
        assertThat(container().at("/ports/0/containerPort").asInt()).isEqualTo(PORT);
        assertThat(DeployFiles.yaml("kubernetes/service.yml")
                        .at("/spec/ports/0/port")
                        .asInt())
                .isEqualTo(PORT);
        JsonNode policy = DeployFiles.yaml("kubernetes/networkpolicy.yml");
        assertThat(policy.at("/spec/ingress/0/ports/0/port").asInt()).isEqualTo(PORT);
        assertThat(policy.at("/spec/egress").findValuesAsText("port"))
                .contains(
                        "53",
                        Integer.toString(
                                config.db().orElseThrow().hosts().get(0).port()));
        // A Prometheus that scrapes the pods sends what it has scraped.
        assertThat(config.selfMonitoring().interval()).isZero();
    }

    @Test
    void podsKeepNothingAndMayNothing() throws IOException {
        JsonNode pod = DeployFiles.yaml("kubernetes/deployment.yml").at("/spec/template/spec");
        pod.get("volumes").forEach(volume -> assertThat(volume.has("emptyDir")).isTrue());
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(dockerfile())
                .contains("\nUSER " + pod.at("/securityContext/runAsUser").asInt() + ":");
        assertThat(container().at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container().at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
    }

    @Test
    void kustomizeNamesEveryManifestButTheExampleAndTheImageOfTheDeployment() throws IOException {
        JsonNode kustomization = DeployFiles.yaml("kubernetes/kustomization.yml");
        Set<String> manifests = new HashSet<>();
        for (Path file : DeployFiles.all()) {
            if (file.getParent().equals(Path.of("deploy/kubernetes"))) {
                manifests.add(file.getFileName().toString());
            }
        }
        manifests.removeAll(Set.of("kustomization.yml", "secret.example.yml"));
        Set<String> named = new HashSet<>();
        kustomization.get("resources").forEach(resource -> named.add(resource.asText()));
        assertThat(named).isEqualTo(manifests);
        assertThat(kustomization.at("/images/0/name").asText())
                .isEqualTo(container().get("image").asText());
    }

    @Test
    void theDaemonAnswersWhereItIsProbed() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database)) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                String path = container().at("/" + probe + "/httpGet/path").asText();
                assertThat(daemon.sender().get(path).statusCode()).as(probe).isEqualTo(200);
            }
        }
    }
}
