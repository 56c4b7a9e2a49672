package io.promgres.promql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What may be wrong with a result or an expression: each once. */
final class Annotations {

    private final String text;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> infos = new LinkedHashSet<>();

    /** @param text of the expression, for positions */
    Annotations(String text) {
        this.text = text;
    }

    void warn(String message, int at) {
        warnings.add("PromQL warning: " + message + position(at));
    }

    void inform(String message, int at) {
        infos.add("PromQL info: " + message + position(at));
    }

    private String position(int at) {
        String error = Lexer.error(text, at, "").getMessage();
        return " (" + error.substring(0, error.indexOf(": ")) + ")";
    }

    List<String> warnings() {
        return new ArrayList<>(warnings);
    }

    List<String> infos() {
        return new ArrayList<>(infos);
    }
}
