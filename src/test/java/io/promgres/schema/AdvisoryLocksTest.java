package io.promgres.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of advisory locks in db/README.md has those that SQL and Java take, and no others. */
class AdvisoryLocksTest {

    private static final Path PAGE = Path.of("src/main/resources/db/README.md");
    private static final Pattern TAKEN = Pattern.compile("1886547826(?:, | AND l\\.objid = )(\\d+)");
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| (\\d+) \\|");

    @Test
    void everyLockIsListed() throws IOException {
        Set<String> taken = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
            for (Path file :
                    files.filter(f -> f.toString().matches(".*\\.(java|sql)")).toList()) {
                taken.addAll(numbers(TAKEN, Files.readString(file)));
            }
        }
        assertThat(numbers(LISTED, Files.readString(PAGE))).isNotEmpty().isEqualTo(taken);
    }

    private static Set<String> numbers(Pattern pattern, String text) {
        Set<String> numbers = new TreeSet<>();
        pattern.matcher(text).results().forEach(match -> numbers.add(match.group(1)));
        return numbers;
    }
}
