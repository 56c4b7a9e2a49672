package io.promgres.promql;

/** What an expression gives. */
public enum ValueType {
    SCALAR("scalar"),
    VECTOR("instant vector"),
    MATRIX("range vector"),
    STRING("string");

    private final String text;

    ValueType(String text) {
        this.text = text;
    }

    /** In the words of Prometheus' messages. */
    String text() {
        return text;
    }
}
