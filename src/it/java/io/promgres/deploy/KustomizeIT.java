package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kustomize makes of deploy/kubernetes, with and without its components; kubectl does it without a cluster. */
@AnyServer
class KustomizeIT {

    private static final Path DIRECTORY = DeployFiles.DIRECTORY.resolve("kubernetes");

    @TempDir
    private Path copy;

    /** The objects by their kinds, made with these components. */
    private Map<String, JsonNode> made(String... components) throws Exception {
        Programs.require("kubectl");
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(DIRECTORY.relativize(file));
                Files.createDirectories(to.getParent());
                Files.writeString(to, Files.readString(file));
            }
        }
        String base = Files.readString(copy.resolve("kustomization.yml"));
        String with = components.length == 0 ? base : base.replace("#components:", "components:");
        for (String component : components) {
            assertThat(with).contains("\n#  - " + component + "\n");
            with = with.replace("\n#  - " + component + "\n", "\n  - " + component + "\n");
        }
        Files.writeString(copy.resolve("kustomization.yml"), with);
        Programs.Ended kustomize = Programs.run("kubectl", "kustomize", copy.toString());
        assertThat(kustomize.code()).as(kustomize.said()).isZero();
        return byKind(kustomize.said());
    }

    private static Map<String, JsonNode> byKind(String documents) throws IOException {
        Map<String, JsonNode> objects = new TreeMap<>();
        List<JsonNode> all = new ArrayList<>();
        new ObjectMapper()
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(new YAMLMapper().createParser(documents))
                .forEachRemaining(all::add);
        for (JsonNode object : all) {
            assertThat(objects.put(object.at("/kind").asText(), object))
                    .as(object.at("/kind").asText())
                    .isNull();
        }
        return objects;
    }

    private static List<String> schemes(JsonNode deployment) {
        JsonNode container = deployment.at("/spec/template/spec/containers/0");
        return Stream.of("startupProbe", "livenessProbe", "readinessProbe")
                .map(probe -> container.at("/" + probe + "/httpGet/scheme").asText("HTTP"))
                .toList();
    }

    @Test
    void withoutComponentsItIsWhatEveryClusterTakes() throws Throwable {
        Map<String, JsonNode> objects = made();
        assertThat(objects)
                .containsOnlyKeys("Namespace", "Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy");
        String namespace = objects.get("Namespace").at("/metadata/name").asText();
        for (JsonNode object : objects.values()) {
            assertThat(KubernetesManifestsIT.read(object)).isNotNull();
            assertThat(object.at("/kind").asText().equals("Namespace")
                            || object.at("/metadata/namespace").asText().equals(namespace))
                    .as(object.toString())
                    .isTrue();
        }
        assertThat(schemes(objects.get("Deployment"))).containsOnly("HTTP");
    }

    @Test
    void withTlsTheProbesSpeakItAndTheFilesAreWhereTheConfigurationNamesThem() throws Throwable {
        Map<String, JsonNode> objects = made("tls");
        JsonNode deployment = objects.get("Deployment");
        assertThat(KubernetesManifestsIT.read(deployment)).isNotNull();
        assertThat(schemes(deployment)).containsOnly("HTTPS");
        JsonNode pod = deployment.at("/spec/template/spec");
        assertThat(pod.at("/volumes").findValuesAsText("secretName")).containsExactly("promgres-tls");
        assertThat(pod.at("/volumes").findParents("configMap").get(0).at("/configMap/name"))
                .isEqualTo(objects.get("ConfigMap").at("/metadata/name"));
        List<String> mounts = pod.at("/containers/0/volumeMounts").findValuesAsText("mountPath");
        JsonNode web = new YAMLMapper()
                .readTree(objects.get("ConfigMap").at("/data/web.yml").asText())
                .get("tls_server_config");
        assertThat(List.of(
                        Path.of(web.get("cert_file").asText()).getParent().toString(),
                        Path.of(web.get("key_file").asText()).getParent().toString()))
                .isSubsetOf(mounts);
        assertThat(pod.at("/containers/0/env").findValuesAsText("value")).contains("/etc/promgres/web/web.yml");
        assertThat(mounts).contains("/etc/promgres/web", "/tmp");
    }

    @Test
    void theOperatorFindsTheServiceByItsPortAndGetsTheRulesThatPromtoolTests() throws Exception {
        Map<String, JsonNode> objects = made("prometheus-operator");
        JsonNode monitor = objects.get("ServiceMonitor");
        JsonNode service = objects.get("Service");
        assertThat(service.at("/metadata/labels")).containsAll(monitor.at("/spec/selector/matchLabels"));
        assertThat(monitor.at("/spec/endpoints/0/port")).isEqualTo(service.at("/spec/ports/0/name"));
        assertThat(monitor.at("/spec/endpoints/0").has("scheme")).isFalse();
        // The job of a ServiceMonitor is the name of the Service, and the rules want this one.
        assertThat(service.at("/metadata/name").asText()).isEqualTo("promgres");
        assertThat(objects.get("PrometheusRule").at("/spec/groups"))
                .isEqualTo(DeployFiles.yaml("prometheus/promgres-rules.yml").get("groups"));
    }

    @Test
    void withBothTheOperatorScrapesByTls() throws Exception {
        JsonNode endpoint =
                made("prometheus-operator", "tls").get("ServiceMonitor").at("/spec/endpoints/0");
        assertThat(endpoint.at("/scheme").asText()).isEqualTo("https");
        assertThat(endpoint.at("/tlsConfig/ca/secret/name").asText()).isEqualTo("promgres-tls");
    }
}
