package io.promgres.promql.syntax;

/** The type of an expression; the text is the one of the documentation. */
public enum ValueType {
    SCALAR("scalar", "scalar"),
    VECTOR("instant vector", "vector"),
    MATRIX("range vector", "matrix"),
    STRING("string", "string");

    private final String text;
    private final String resultType;

    ValueType(String text, String resultType) {
        this.text = text;
        this.resultType = resultType;
    }

    /** The name that the HTTP API has for it. */
    public String resultType() {
        return resultType;
    }

    @Override
    public String toString() {
        return text;
    }
}
