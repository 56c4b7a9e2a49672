package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LogbackTest {

    @Test
    void theDocumentedFileIsTheOneInTheJar() {
        assertThat(Path.of("config/logback.xml")).hasSameTextualContentAs(Path.of("src/main/resources/logback.xml"));
    }
}
