package io.promgres.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.GeneratedPage;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** src/docs/metrics.md has every metric of the daemon, in the words of its own exposition. */
@AnyServer
class MetricsPageIT {

    private static final Path PAGE = Path.of("src", "docs", "metrics.md");
    private static final Pattern LINE = Pattern.compile("# (HELP|TYPE) (promgres_\\w+) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("(promgres_\\w+?)(?:_bucket|_sum|_count)?\\{(.*)} .*");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private static final Pattern TIME_OR_ROOM = Pattern.compile("(?i)^(bytes|seconds|size|duration|age) ");

    private final Map<String, String> help = new TreeMap<>();
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Set<String>> labels = new TreeMap<>();

    @Test
    void thePageIsCurrent() throws Exception {
        try (TestDatabase database = TestDatabase.fresh();
                RunningDaemon daemon = RunningDaemon.on(database, "ha.enabled", "true")) {
            daemon.send(TestSample.of("up", System.currentTimeMillis(), 1, "job", "node"));
            HttpRequest scrape = HttpRequest.newBuilder(URI.create(daemon.url() + "/metrics"))
                    .build();
            HttpClient.newHttpClient()
                    .send(scrape, BodyHandlers.ofLines())
                    .body()
                    .forEach(this::read);
        }
        assertEachSaysWhatItIsAndInWhichUnit();
        String current = page();
        GeneratedPage.assertCurrent(PAGE, getClass(), current);
    }

    /** A counter ends in _total, behind its unit; what takes time or room has seconds or bytes in its name; others count what they name. */
    private void assertEachSaysWhatItIsAndInWhichUnit() {
        assertThat(types.keySet()).hasSizeGreaterThan(50).isEqualTo(help.keySet());
        assertThat(help).allSatisfy((name, text) -> assertThat(text).as(name).isNotBlank());
        types.forEach((name, type) -> {
            boolean timed = TIME_OR_ROOM.matcher(help.get(name)).find();
            String unit =
                    type.equals("counter") ? "_total" : timed || !type.equals("gauge") ? "seconds|bytes|samples" : "";
            assertThat(name).as("%s: %s", type, help.get(name)).containsPattern(unit);
        });
    }

    private void read(String line) {
        Matcher described = LINE.matcher(line);
        if (described.matches()) {
            (described.group(1).equals("HELP") ? help : types).put(described.group(2), described.group(3));
        }
        Matcher sample = SAMPLE.matcher(line);
        if (sample.matches()) {
            LABEL.matcher(sample.group(2))
                    .results()
                    .map(label -> label.group(1))
                    .filter(name -> !name.equals("le"))
                    .forEach(name -> labels.computeIfAbsent(sample.group(1), key -> new TreeSet<>())
                            .add(name));
        }
    }

    private String page() {
        return help.keySet().stream().map(this::row).collect(Collectors.joining("", """
                # Metrics of the daemon

                `GET /metrics` has these, and the database too (job `promgres`), unless `self-monitoring.interval` is 0. Beside them are those
                of the connection pools (`hikaricp_*`: pool `database` is the write path, `background` everything else), of Java (`jvm_*`) and
                of the process (`process_*`). [operations.md](operations.md#what-promgres-says-of-itself) says which to look at first. This page is
                generated from the daemon's own exposition.

                | metric | type | labels | what it says |
                |---|---|---|---|
                """, ""));
    }

    private String row(String metric) {
        return "| `" + metric + "` | " + types.get(metric) + " | "
                + labels.getOrDefault(metric, Set.of()).stream().collect(Collectors.joining(", ")) + " | "
                + help.get(metric) + " |\n";
    }
}
