package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links between the pages lead to files and headings that are there. */
class LinksTest {

    private static final Pattern CODE = Pattern.compile("```.*?```|`[^`\\n]*`\\s", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|mailto:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        try (Stream<Path> pages = Files.walk(Path.of("src/docs"))) {
            assertThat(Stream.concat(
                                    pages,
                                    Stream.of(
                                            Path.of("README.md"),
                                            Path.of("deploy/README.md"),
                                            Path.of("src/main/resources/db/README.md")))
                            .filter(page -> page.toString().endsWith(".md") && Files.exists(page))
                            .flatMap(LinksTest::broken))
                    .isEmpty();
        }
    }

    private static Stream<String> broken(Path page) {
        return LINK.matcher(CODE.matcher(text(page)).replaceAll(" "))
                .results()
                .filter(link -> !leadsSomewhere(page, link.group(1), link.group(2)))
                .map(link -> page + ": " + link.group());
    }

    private static boolean leadsSomewhere(Path page, String file, String anchor) {
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        return Files.exists(target) && (anchor == null || anchors(target).contains(anchor));
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Path page) {
        return HEADING.matcher(text(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
