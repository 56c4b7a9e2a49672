package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code java -jar} runs first. */
@AnyServer
class LauncherIT {

    private static final int MAGIC = 0xCAFEBABE;
    private static final int CLASS_FILE_OF_JAVA_8 = 52;

    @Test
    void everyJavaFrom8OnCanReadIt() throws IOException {
        try (DataInputStream in = new DataInputStream(Launcher.class.getResourceAsStream("Launcher.class"))) {
            assertThat(in.readInt()).isEqualTo(MAGIC);
            in.readUnsignedShort();
            assertThat(in.readUnsignedShort()).isEqualTo(CLASS_FILE_OF_JAVA_8);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "promgres.jar", matches = ".+")
    void theJarBeginsWithItAndMayLoadALibraryWithoutAWarning() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("promgres.jar"))) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Main-Class")).isEqualTo("io.promgres.Launcher");
            assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8", "11", "16"})
    void anOlderJavaEndsWithASentenceThatSaysWhichIsNeededAndHowToGetIt(String java) throws Exception {
        Programs.Ended ended = onJava(java, "version");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.said().strip())
                .startsWith("promgres: this is Java " + java + " of /")
                .contains("needs Java 17 or later", "apt install openjdk-17-jre-headless", "tarball")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "25"})
    void aJavaThatIsNewEnoughRunsTheCommand(String java) throws Exception {
        Programs.Ended ended = onJava(java, "version");

        assertThat(ended.code()).isZero();
        assertThat(ended.said()).startsWith("promgres ").hasLineCount(1);
    }

    private static Programs.Ended onJava(String version, String command) throws Exception {
        return Programs.run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.promgres.OlderJava",
                version,
                command);
    }
}
