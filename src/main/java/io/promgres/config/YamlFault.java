package io.promgres.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Why a text is not YAML, in one line.
 *
 * @param line where the problem is, from 1, which may be below the line where what is not complete begins
 * @param text what the parser was at, and what it found
 */
record YamlFault(int line, String text) {

    static YamlFault of(JsonProcessingException failure) {
        if (failure.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            Mark mark = marked.getProblemMark();
            String at = marked.getContext() == null ? "" : marked.getContext() + begun(marked.getContextMark()) + ", ";
            return new YamlFault(mark.getLine() + 1, "not YAML: " + at + plain(marked.getProblem()));
        }
        String first = failure.getOriginalMessage().lines().findFirst().orElse("");
        return new YamlFault(failure.getLocation().getLineNr(), "not YAML: " + first);
    }

    private static String begun(Mark mark) {
        return mark == null ? "" : " that begins in line " + (mark.getLine() + 1);
    }

    /** In one line, with tabs by their name. */
    private static String plain(String problem) {
        return problem.replace("character '\\t(TAB)'", "a tab")
                .replace("\\t(TAB)", "tabs")
                .replace('\n', ' ')
                .strip();
    }
}
