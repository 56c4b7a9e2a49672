package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the documentation that a test makes. */
public final class GeneratedPage {

    private GeneratedPage() {}

    /**
     * Fails unless the page is as the test makes it; with -Dpromgres.write=true the page is written first.
     *
     * @param test that makes it
     * @param current the whole text as it should be
     */
    public static void assertCurrent(Path page, Class<?> test, String current) throws IOException {
        if (Boolean.getBoolean("promgres.write")) {
            Files.writeString(page, current);
        }
        assertThat(Files.readString(page))
                .as("%s is stale; mvn -q -B -Dtest=%s -Dpromgres.write=true test writes it", page, test.getSimpleName())
                .isEqualTo(current);
    }
}
