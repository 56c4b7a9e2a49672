package io.promgres.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The list of dependencies that the build makes; skipped where no jar has been packaged. */
@AnyServer
class SbomIT {

    private static final Path SBOM = Path.of("target", "promgres-sbom.json");

    private static JsonNode sbom;

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.exists(SBOM), "mvn package makes " + SBOM);
        sbom = new ObjectMapper().readTree(SBOM.toFile());
    }

    @Test
    void itNamesWhatIsInTheJarAndNothingOfTheTests() {
        assertThat(sbom.at("/bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(sbom.at("/metadata/component/name").asText()).isEqualTo("promgres");
        Set<String> names = new TreeSet<>();
        sbom.get("components")
                .forEach(component -> names.add(component.get("name").asText()));
        assertThat(names)
                .contains(
                        "netty-codec-http", "postgresql", "snappy-java", "protobuf-java", "HikariCP", "logback-classic")
                .noneMatch(name -> name.contains("junit") || name.contains("jazzer") || name.equals("client-java-api"));
    }

    @Test
    void everyDependencyHasItsVersionHashAndLicence() {
        for (JsonNode component : sbom.get("components")) {
            assertThat(component.at("/version").asText())
                    .as(component.toString())
                    .isNotEmpty();
            assertThat(component.at("/purl").asText()).as(component.toString()).startsWith("pkg:maven/");
            assertThat(component.at("/hashes")).as(component.toString()).isNotEmpty();
            assertThat(component.at("/licenses")).as(component.toString()).isNotEmpty();
        }
    }
}
