package io.promgres.remotewrite;

import io.promgres.model.Rejections.Reason;
import io.promgres.testing.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of reasons in src/docs/remote-write.md has every reason, in the words of its message. */
class RejectionReasonsTest {

    private static final Path PAGE = Path.of("src", "docs", "remote-write.md");
    private static final String BEGIN = "<!-- reasons, written by RejectionReasonsTest -->\n";
    private static final String END = "<!-- end -->";

    @Test
    void thePageIsCurrent() throws IOException {
        String page = Files.readString(PAGE);
        String current = page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
                + table()
                + page.substring(page.indexOf(END, page.indexOf(BEGIN)));
        GeneratedPage.assertCurrent(PAGE, getClass(), current);
    }

    private static String table() {
        return Arrays.stream(Reason.values())
                .map(reason -> "| `" + reason + "` | " + reason.problem() + " |\n")
                .collect(Collectors.joining(
                        "", "| reason | the series, histogram, exemplar or piece of metadata |\n|---|---|\n", ""));
    }
}
