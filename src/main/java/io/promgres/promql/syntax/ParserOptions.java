package io.promgres.promql.syntax;

/** Which experimental parts of the language are there. */
public record ParserOptions(
        boolean experimentalFunctions, boolean durationExpressions, boolean extendedRanges, boolean fillModifiers) {

    public static final ParserOptions NONE = new ParserOptions(false, false, false, false);
    public static final ParserOptions ALL = new ParserOptions(true, true, true, true);
}
