package io.promgres.promql.syntax;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Kinds of tokens; where the text is always the same, it is {@link #text()}. */
public enum TokenType {
    EOF(null),
    IDENTIFIER(null),
    METRIC_IDENTIFIER(null),
    NUMBER(null),
    DURATION(null),
    STRING(null),
    LEFT_PAREN("("),
    RIGHT_PAREN(")"),
    LEFT_BRACE("{"),
    RIGHT_BRACE("}"),
    LEFT_BRACKET("["),
    RIGHT_BRACKET("]"),
    COMMA(","),
    COLON(":"),
    EQL("="),
    ADD("+"),
    SUB("-"),
    MUL("*"),
    DIV("/"),
    MOD("%"),
    POW("^"),
    EQLC("=="),
    NEQ("!="),
    LTE("<="),
    LSS("<"),
    GTE(">="),
    GTR(">"),
    TRIM_UPPER("</"),
    TRIM_LOWER(">/"),
    EQL_REGEX("=~"),
    NEQ_REGEX("!~"),
    AT("@"),
    AND("and"),
    OR("or"),
    UNLESS("unless"),
    ATAN2("atan2"),
    SUM("sum"),
    AVG("avg"),
    COUNT("count"),
    MIN("min"),
    MAX("max"),
    GROUP("group"),
    STDDEV("stddev"),
    STDVAR("stdvar"),
    TOPK("topk"),
    BOTTOMK("bottomk"),
    COUNT_VALUES("count_values"),
    QUANTILE("quantile"),
    LIMITK("limitk"),
    LIMIT_RATIO("limit_ratio"),
    OFFSET("offset"),
    SMOOTHED("smoothed"),
    ANCHORED("anchored"),
    BY("by"),
    WITHOUT("without"),
    ON("on"),
    IGNORING("ignoring"),
    GROUP_LEFT("group_left"),
    GROUP_RIGHT("group_right"),
    FILL("fill"),
    FILL_LEFT("fill_left"),
    FILL_RIGHT("fill_right"),
    BOOL("bool"),
    START("start"),
    END("end"),
    STEP("step"),
    RANGE("range"),
    MAX_OF("max_of"),
    MIN_OF("min_of");

    private static final Set<TokenType> AGGREGATORS = EnumSet.range(SUM, LIMIT_RATIO);
    private static final Set<TokenType> KEYWORDS = EnumSet.range(OFFSET, BOOL);
    private static final Set<TokenType> COMPARISONS = EnumSet.of(EQLC, NEQ, LTE, LSS, GTE, GTR);
    private static final Set<TokenType> WITH_PARAMETER =
            EnumSet.of(TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO);

    /** Words that may not be the name of a metric without quotes. */
    private static final Set<TokenType> NO_METRIC = EnumSet.of(BOOL, ON, IGNORING, GROUP_LEFT, GROUP_RIGHT, ATAN2);

    private static final Map<String, TokenType> WORDS = new HashMap<>();

    static {
        for (TokenType type : values()) {
            if (type.text != null && Character.isLetter(type.text.charAt(0))) {
                WORDS.put(type.text, type);
            }
        }
        WORDS.put("inf", NUMBER);
        WORDS.put("nan", NUMBER);
    }

    private final String text;

    TokenType(String text) {
        this.text = text;
    }

    /** The token that a word is, null if it is an identifier. */
    static TokenType ofWord(String word) {
        return WORDS.get(word.toLowerCase(Locale.ROOT));
    }

    public String text() {
        return text;
    }

    public boolean isAggregator() {
        return AGGREGATORS.contains(this);
    }

    public boolean takesParameter() {
        return WITH_PARAMETER.contains(this);
    }

    public boolean isComparison() {
        return COMPARISONS.contains(this);
    }

    public boolean isSetOperator() {
        return this == AND || this == OR || this == UNLESS;
    }

    boolean isOperator() {
        return compareTo(ADD) >= 0 && compareTo(ATAN2) <= 0;
    }

    boolean isKeyword() {
        return KEYWORDS.contains(this);
    }

    boolean isWord() {
        return text != null && WORDS.containsKey(text);
    }

    boolean mayBeMetric() {
        return this == IDENTIFIER || this == METRIC_IDENTIFIER || isWord() && !NO_METRIC.contains(this);
    }
}
