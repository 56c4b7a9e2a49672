package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What users read keeps to src/docs/style.md, as far as a pattern can tell. */
class ProseTest {

    private static final Pattern NO_ACTOR = Pattern.compile("\\b(?i:nobody|somebody|anybody|everybody|whoever)\\b");
    private static final Pattern TELL_TALE = Pattern.compile(
            NO_ACTOR + "|(?:[,;]|\\b(?:each|all|those|and)) of which\\b|\\bof whom\\b|\\basks? (?:who|nobody)\\b"
                    + "|(?<![Tt]here )\\bis nothing\\b"
                    + "|(?:^|[.:;] )To \\w+(?: \\w+){0,3} (?:is|costs|waits|takes|needs)\\b"
                    + "|(?:^|[.;] |, and )[Ww]ho (?!may\\b)\\w+(?![^.]*\\?)"
                    + "|(?:^|\\. )Of (?:several|two|the)\\b");

    private static final Pattern CODE = Pattern.compile("```.*?```|`[^`]*`", Pattern.DOTALL);
    private static final Pattern COMMENT_ON = Pattern.compile("COMMENT ON [^;]*?\\bIS\\s+'((?:[^']|'')*)'");
    private static final Pattern JAVA_COMMENT = Pattern.compile("/\\*.*?\\*/|(?<![:\"])//[^\\n]*", Pattern.DOTALL);
    private static final Pattern JAVA_STRING = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    // It names the words that it forbids.
    private static final Path STYLE = Path.of("src/docs/style.md");
    // The name of an account of the operating system.
    private static final Path ACCOUNT = Path.of("src/main/java/io/promgres/embedded/Account.java");

    @Test
    void documentsArePlainEnglish() throws IOException {
        Stream<Path> documents = Stream.concat(
                Stream.of(Path.of("README.md"), Path.of("src/main/resources/db/README.md")),
                files(Path.of("src/docs"), ".md"));
        assertPlain(documents.filter(file -> !file.equals(STYLE)), ProseTest::withoutCode);
    }

    @Test
    void filesForOperatorsArePlainEnglish() throws IOException {
        assertPlain(Stream.concat(files(Path.of("config"), ""), files(Path.of("deploy"), "")), Function.identity());
    }

    @Test
    void commentsOfTheDatabaseArePlainEnglish() throws IOException {
        assertPlain(files(Path.of("src/main/resources/db"), ".sql"), text -> matches(COMMENT_ON, text));
    }

    @Test
    void messagesArePlainEnglish() throws IOException {
        assertPlain(
                files(Path.of("src/main/java"), ".java").filter(file -> !file.equals(ACCOUNT)),
                text -> matches(JAVA_STRING, JAVA_COMMENT.matcher(text).replaceAll("")));
    }

    @Test
    void commentsOfTheCodeNameTheActor() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files(Path.of("src/main/java"), ".java")
                .filter(file -> !file.equals(ACCOUNT))
                .toList()) {
            JAVA_COMMENT
                    .matcher(Files.readString(file))
                    .results()
                    .map(MatchResult::group)
                    .filter(comment -> NO_ACTOR.matcher(comment).find())
                    .forEach(comment -> found.add(file + ": " + comment));
        }
        assertThat(found).as("see src/docs/style.md").isEmpty();
    }

    @Test
    void thePatternFindsWhatTheStyleForbids() {
        assertThat(List.of(
                        "In plain HTTP, and nobody is asked.",
                        "Two samples, of which the second counts.",
                        "To seal waits for writers.",
                        "Sent twice is nothing.",
                        "It is open; who waits too long gets 503."))
                .allMatch(ProseTest::isTellTale);
        assertThat(List.of("To write queries, read this.", "There is nothing at /x.", "The user who asks is known."))
                .noneMatch(ProseTest::isTellTale);
    }

    private static void assertPlain(Stream<Path> files, Function<String, String> prose) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files.toList()) {
            prose.apply(Files.readString(file))
                    .lines()
                    .filter(ProseTest::isTellTale)
                    .forEach(line -> found.add(file + ": " + line.strip()));
        }
        assertThat(found).as("see src/docs/style.md").isEmpty();
    }

    private static boolean isTellTale(String line) {
        return TELL_TALE.matcher(line).find();
    }

    /** Lines stay lines, so that what begins one is the begin of a sentence or goes on with one. */
    private static String withoutCode(String markdown) {
        return CODE.matcher(markdown).replaceAll("``");
    }

    private static String matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(ProseTest::lastGroup).collect(Collectors.joining("\n"));
    }

    private static String lastGroup(MatchResult match) {
        return match.group(match.groupCount());
    }

    private static Stream<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
            assertThat(files).isNotEmpty();
            return files.stream();
        }
    }
}
