package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The manifests are what the API of Kubernetes takes: its Java client is generated of the schema, and refuses fields that
 * are unknown, missing, or of another type.
 */
@AnyServer
class KubernetesManifestsIT {

    private static final Path DIRECTORY = DeployFiles.DIRECTORY.resolve("kubernetes");

    static List<Path> manifests() throws IOException {
        return DeployFiles.all().stream()
                .filter(file -> file.getParent().equals(DIRECTORY) && !file.endsWith("kustomization.yml"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyManifestFollowsTheSchemaOfItsKind(Path file) throws Throwable {
        JsonNode manifest = DeployFiles.parsed(file);
        assertThat(read(manifest)).isNotNull();
        assertThat(manifest.at("/apiVersion").asText()).endsWith("v1");
    }

    @Test
    void aMisspeltFieldIsFound() throws Exception {
        JsonNode probe =
                DeployFiles.yaml("kubernetes/deployment.yml").at("/spec/template/spec/containers/0/readinessProbe");
        JsonNode manifest = DeployFiles.yaml("kubernetes/deployment.yml");
        ((ObjectNode) manifest.at("/spec/template/spec/containers/0")).set("readynessProbe", probe);
        assertThatThrownBy(() -> read(manifest)).hasMessageContaining("readynessProbe");
    }

    @Test
    void aTextForANumberIsFound() throws Exception {
        JsonNode manifest = DeployFiles.yaml("kubernetes/deployment.yml");
        ((ObjectNode) manifest.get("spec")).put("replicas", "two");
        assertThatThrownBy(() -> read(manifest)).hasMessageContaining("two");
    }

    /** As an object of the kind that it says it is. */
    static Object read(JsonNode manifest) throws Throwable {
        Class<?> kind = Class.forName(
                "io.kubernetes.client.openapi.models.V1" + manifest.at("/kind").asText());
        try {
            return kind.getMethod("fromJson", String.class).invoke(null, manifest.toString());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
