package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.Cardinality;
import io.promgres.promql.syntax.Expr.Matching;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.StringLiteral;
import io.promgres.promql.syntax.Expr.Unary;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads PromQL, the language of Prometheus 3.14: its grammar, the precedence of its operators, and its messages.
 */
public final class Parser {

    private static final int UNARY = 5;
    private static final int POWER = 6;
    private static final String GROUPING = "grouping opts";

    /** What parentheses may nest, so that no query overflows the stack. */
    private static final int DEEPEST = 500;

    /** Operators, subqueries and the like in an expression: each makes the tree one level deeper where they stand in a row. */
    private static final int MOST_OPERATORS = 1_000;

    private final ParserOptions options;
    private final TokenReader in;
    private final SelectorParser selectors;
    private final ModifierParser modifiers;
    private int depth;
    private int operators;

    private Parser(String query, ParserOptions options) {
        this.options = options;
        this.in = new TokenReader(query);
        this.selectors = new SelectorParser(in);
        this.modifiers = new ModifierParser(in, options);
    }

    /** @throws ParseException if it is no expression, or one whose types do not fit */
    public static Expr parse(String query, ParserOptions options) {
        Parser parser = new Parser(query, options);
        if (parser.in.is(TokenType.EOF)) {
            throw parser.in.error(new Position(0, 0), "no expression found in input");
        }
        Expr expr = parser.expression(1);
        parser.in.expect(TokenType.EOF, "", "");
        return new TypeCheck(query).check(expr);
    }

    /**
     * The matchers of a selector, as {@code match[]} has them.
     *
     * @throws ParseException if it is no selector
     */
    public static List<Matcher> parseSelector(String text) {
        Parser parser = new Parser(text, ParserOptions.NONE);
        if (!parser.in.is(TokenType.LEFT_BRACE) && !parser.in.peek().type().mayBeMetric()) {
            throw parser.in.unexpected("", "");
        }
        Expr.VectorSelector selector = parser.selectors.selector();
        parser.in.expect(TokenType.EOF, "", "");
        return selector.matchers();
    }

    private Expr expression(int least) {
        if (++depth > DEEPEST) {
            throw in.error(in.peek().position(), "expression nests deeper than " + DEEPEST + " levels");
        }
        Expr left = unary();
        while (true) {
            Token op = in.peek();
            int precedence = precedence(op.type());
            if (precedence == 0 || precedence < least) {
                depth--;
                return left;
            }
            if (++operators > MOST_OPERATORS) {
                throw in.error(op.position(), "expression has more than " + MOST_OPERATORS + " operators");
            }
            in.next();
            left = binary(left, op.type(), precedence);
        }
    }

    private static int precedence(TokenType op) {
        return switch (op) {
            case OR -> 1;
            case AND, UNLESS -> 2;
            case EQLC, NEQ, LTE, LSS, GTE, GTR, TRIM_UPPER, TRIM_LOWER -> 3;
            case ADD, SUB -> 4;
            case MUL, DIV, MOD, ATAN2 -> UNARY;
            case POW -> POWER;
            default -> 0;
        };
    }

    private Expr binary(Expr left, TokenType op, int precedence) {
        boolean returnBool = in.accept(TokenType.BOOL);
        Matching matching = matching(op);
        Expr right = expression(op == TokenType.POW ? precedence : precedence + 1);
        Position position = left.position().to(right.position());
        if (!options.fillModifiers() && (matching.fillLeft() != null || matching.fillRight() != null)) {
            throw in.error(position, "binop fill modifiers are experimental and not enabled");
        }
        return new Binary(op, left, right, matching, returnBool, position);
    }

    private Matching matching(TokenType op) {
        Cardinality cardinality = Cardinality.ONE_TO_ONE;
        boolean on = in.is(TokenType.ON);
        List<String> labels = List.of();
        List<String> include = List.of();
        if (on || in.is(TokenType.IGNORING)) {
            in.next();
            labels = groupingLabels();
            if (in.is(TokenType.GROUP_LEFT) || in.is(TokenType.GROUP_RIGHT)) {
                cardinality =
                        in.next().type() == TokenType.GROUP_LEFT ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
                include = in.is(TokenType.LEFT_PAREN) || in.is(TokenType.EOF) ? groupingLabels() : List.of();
            }
        }
        Double left = null;
        Double right = null;
        if (in.accept(TokenType.FILL)) {
            left = fillValue();
            right = left;
        } else {
            for (int i = 0; i < 2; i++) {
                if (left == null && in.accept(TokenType.FILL_LEFT)) {
                    left = fillValue();
                } else if (right == null && in.accept(TokenType.FILL_RIGHT)) {
                    right = fillValue();
                }
            }
        }
        if (op.isSetOperator() && cardinality == Cardinality.ONE_TO_ONE) {
            cardinality = Cardinality.MANY_TO_MANY;
        }
        return new Matching(cardinality, on, labels, include, left, right);
    }

    private double fillValue() {
        in.expect(TokenType.LEFT_PAREN, "", "");
        boolean negative = in.accept(TokenType.SUB);
        if (!negative) {
            in.accept(TokenType.ADD);
        }
        if (!in.is(TokenType.NUMBER) && !in.is(TokenType.DURATION)) {
            throw in.unexpected("", "");
        }
        double value = DurationParser.number(in).value();
        in.expect(TokenType.RIGHT_PAREN, "", "");
        return negative ? -value : value;
    }

    private Expr unary() {
        if (!in.is(TokenType.ADD) && !in.is(TokenType.SUB)) {
            return modifiers.follow(primary());
        }
        Token sign = in.next();
        Expr operand = expression(POWER);
        Position position = sign.position().to(operand.position());
        if (operand instanceof NumberLiteral number) {
            double value = sign.type() == TokenType.SUB ? -number.value() : number.value();
            return new NumberLiteral(value, number.duration(), position);
        }
        return new Unary(sign.type(), operand, position);
    }

    private Expr primary() {
        Token token = in.peek();
        TokenType following = in.peek(1).type();
        switch (token.type()) {
            case NUMBER, DURATION -> {
                return DurationParser.number(in);
            }
            case STRING -> {
                in.next();
                return new StringLiteral(selectors.unquote(token), token.position());
            }
            case LEFT_PAREN -> {
                in.next();
                Expr inner = expression(1);
                Token end = in.expect(TokenType.RIGHT_PAREN, "", "");
                return new Paren(inner, token.position().to(end.position()));
            }
            case LEFT_BRACE -> {
                return selectors.selector();
            }
            default -> {
                if (token.type().isAggregator()
                        && (following == TokenType.LEFT_PAREN
                                || following == TokenType.BY
                                || following == TokenType.WITHOUT)) {
                    return aggregate();
                }
                if (following == TokenType.LEFT_PAREN && isFunctionName(token.type())) {
                    return call();
                }
                if (token.type().mayBeMetric()) {
                    return selectors.selector();
                }
                throw in.unexpected("", "");
            }
        }
    }

    private static boolean isFunctionName(TokenType type) {
        return switch (type) {
            case IDENTIFIER, START, END, STEP, RANGE, MAX_OF, MIN_OF -> true;
            default -> false;
        };
    }

    private Expr aggregate() {
        Token op = in.next();
        boolean modified = isGroupingModifier();
        boolean without = in.is(TokenType.WITHOUT);
        List<String> grouping = modified ? grouping() : List.of();
        if (!in.is(TokenType.LEFT_PAREN)) {
            throw in.unexpected("aggregation", "");
        }
        List<Expr> arguments = arguments();
        if (!modified && isGroupingModifier()) {
            without = in.is(TokenType.WITHOUT);
            grouping = grouping();
        }
        Position position = op.position().to(in.last().position());
        if (arguments.isEmpty()) {
            throw in.error(position, "no arguments for aggregate expression provided");
        }
        int wanted = op.type().takesParameter() ? 2 : 1;
        boolean experimental = op.type() == TokenType.LIMITK || op.type() == TokenType.LIMIT_RATIO;
        if (experimental && !options.experimentalFunctions()) {
            throw in.error(
                    position,
                    op.type().text()
                            + "() is experimental and must be enabled with --enable-feature=promql-experimental-functions");
        }
        if (arguments.size() != wanted) {
            throw in.error(
                    position,
                    "wrong number of arguments for aggregate expression provided, expected " + wanted + ", got "
                            + arguments.size());
        }
        Expr parameter = wanted == 2 ? arguments.get(0) : null;
        return new Aggregate(op.type(), arguments.get(wanted - 1), parameter, grouping, without, position);
    }

    private boolean isGroupingModifier() {
        return in.is(TokenType.BY) || in.is(TokenType.WITHOUT);
    }

    private List<String> grouping() {
        in.next();
        return groupingLabels();
    }

    private List<String> groupingLabels() {
        in.expect(TokenType.LEFT_PAREN, GROUPING, "\"(\"");
        List<String> labels = new ArrayList<>();
        if (in.accept(TokenType.RIGHT_PAREN)) {
            return labels;
        }
        while (true) {
            labels.add(groupingLabel());
            if (in.accept(TokenType.RIGHT_PAREN)) {
                return labels;
            }
            in.expect(TokenType.COMMA, GROUPING, "\",\" or \")\"");
            if (in.accept(TokenType.RIGHT_PAREN)) {
                return labels;
            }
        }
    }

    private String groupingLabel() {
        Token token = in.peek();
        boolean word = token.type() == TokenType.IDENTIFIER
                || token.type() == TokenType.METRIC_IDENTIFIER
                || token.type().isWord();
        if (!word && token.type() != TokenType.STRING) {
            throw in.unexpected(GROUPING, "label");
        }
        in.next();
        String label = word ? token.text() : selectors.unquote(token);
        if (!GoText.isName(label)) {
            throw in.error(token.position(), "invalid label name for grouping: " + GoText.quote(label));
        }
        return label;
    }

    private Expr call() {
        Token name = in.next();
        List<Expr> arguments = arguments();
        Function function = Function.ALL.get(name.text());
        if (function == null) {
            throw in.error(name.position(), "unknown function with name " + GoText.quote(name.text()));
        }
        if (function.experimental() && !options.experimentalFunctions()) {
            throw in.error(name.position(), "function " + GoText.quote(name.text()) + " is not enabled");
        }
        return new Call(
                function, List.copyOf(arguments), name.position().to(in.last().position()));
    }

    private List<Expr> arguments() {
        in.next();
        List<Expr> arguments = new ArrayList<>();
        if (in.accept(TokenType.RIGHT_PAREN)) {
            return arguments;
        }
        while (true) {
            arguments.add(expression(1));
            if (in.accept(TokenType.RIGHT_PAREN)) {
                return arguments;
            }
            Token comma = in.expect(TokenType.COMMA, "", "");
            if (in.is(TokenType.RIGHT_PAREN)) {
                throw in.error(comma.position(), "trailing commas not allowed in function call args");
            }
        }
    }
}
