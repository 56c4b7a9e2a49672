package io.promgres.promql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.promgres.promql.Expr.AtKind;
import io.promgres.promql.Expr.Card;
import io.promgres.promql.Expr.Duration;
import io.promgres.promql.Expr.Matching;
import io.promgres.promql.Expr.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads an expression, and checks its types. */
public final class Parser {

    private static final Set<String> AGGREGATIONS = Set.of(
            "sum",
            "avg",
            "count",
            "min",
            "max",
            "group",
            "stddev",
            "stdvar",
            "topk",
            "bottomk",
            "count_values",
            "quantile",
            "limitk",
            "limit_ratio");
    private static final Set<String> WITH_PARAMETER =
            Set.of("topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio");
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> SETS = Set.of("and", "or", "unless");
    /** Deeper than this would end the stack of whoever walks through it. */
    private static final int DEEPEST = 250;

    private final String text;
    private final Set<Feature> features;
    private final List<Token> tokens;
    private int at;
    private int depth;

    private Parser(String text, Set<Feature> features) throws QueryException {
        this.text = text;
        this.features = features;
        this.tokens = Lexer.read(text);
    }

    /** @throws QueryException says what is wrong, and where */
    public static Expr parse(String text, Set<Feature> features) throws QueryException {
        Parser parser = new Parser(text, features);
        if (parser.tokens.size() == 1) {
            throw parser.wrong("no expression found in input", parser.peek());
        }
        Expr expr = parser.expression(0);
        if (parser.peek().kind() != Token.Kind.END) {
            throw parser.unexpected("");
        }
        return expr;
    }

    /** Reads a selector without modifiers: what {@code match[]} takes. */
    public static List<Matcher> parseSelector(String text) throws QueryException {
        Expr expr = parse(text, Set.of());
        if (expr instanceof Expr.Vector vector && vector.timing().equals(Timing.NOW)) {
            return vector.matchers();
        }
        throw new QueryException(QueryException.Kind.PARSE, "1:1: parse error: a selector is expected");
    }

    private static int precedence(Token token) {
        String word = token.text().toLowerCase(Locale.ROOT);
        if (token.kind() == Token.Kind.IDENTIFIER) {
            return switch (word) {
                case "or" -> 1;
                case "and", "unless" -> 2;
                case "atan2" -> 5;
                default -> 0;
            };
        }
        if (token.kind() != Token.Kind.SYMBOL) {
            return 0;
        }
        return switch (word) {
            case "==", "!=", "<", "<=", ">", ">=" -> 3;
            case "+", "-" -> 4;
            case "*", "/", "%" -> 5;
            case "^" -> 6;
            default -> 0;
        };
    }

    private Expr expression(int least) throws QueryException {
        if (++depth > DEEPEST) {
            throw wrong("the expression is nested too deeply", peek());
        }
        Expr left = unary();
        while (true) {
            Token operator = peek();
            int precedence = precedence(operator);
            if (precedence == 0 || precedence <= least) {
                depth--;
                return left;
            }
            at++;
            left = binary(left, operator, precedence);
        }
    }

    private Expr unary() throws QueryException {
        Token token = peek();
        if (!token.is("-") && !token.is("+")) {
            return postfix(primary());
        }
        at++;
        // Binds tighter than a multiplication, looser than a power.
        Expr operand = expression(5);
        if (operand.type() != ValueType.SCALAR && operand.type() != ValueType.VECTOR) {
            throw wrong(
                    "unary expression only allowed on expressions of type scalar or instant vector, got "
                            + Text.quote(operand.type().text()),
                    token);
        }
        if (operand instanceof Expr.Num number) {
            return new Expr.Num(token.from(), token.is("-") ? -number.value() : number.value());
        }
        return new Expr.Unary(token.from(), token.is("-"), operand);
    }

    private Expr binary(Expr left, Token operator, int precedence) throws QueryException {
        String op = operator.text().toLowerCase(Locale.ROOT);
        boolean bool = takeWord("bool");
        if (bool && !COMPARISONS.contains(op)) {
            throw wrong("bool modifier can only be used on comparison operators", operator);
        }
        Matching matching = matching(op);
        Expr right = expression(op.equals("^") ? precedence - 1 : precedence);
        boolean scalars = left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR;
        boolean vectors = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
        for (Expr side : List.of(left, right)) {
            if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
                throw wrong("binary expression must contain only scalar and instant vector types", side.from());
            }
        }
        if (scalars && COMPARISONS.contains(op) && !bool) {
            throw wrong("comparisons between scalars must use BOOL modifier", operator);
        }
        if (SETS.contains(op) && !vectors) {
            throw wrong("set operator " + Text.quote(op) + " not allowed in binary scalar expression", operator);
        }
        if (!vectors && (matching.explicit() || matching.fillLeft() != null || matching.fillRight() != null)) {
            throw wrong("vector matching only allowed between instant vectors", operator);
        }
        return new Expr.Binary(op, left, right, bool, matching);
    }

    private Matching matching(String op) throws QueryException {
        boolean set = SETS.contains(op);
        Card card = set ? Card.MANY_TO_MANY : Card.ONE_TO_ONE;
        boolean on = peek().isWord("on");
        boolean explicit =
                (on || peek().isWord("ignoring")) && tokens.get(at + 1).is("(");
        List<String> labels = List.of();
        List<String> include = List.of();
        if (explicit) {
            at++;
            labels = labelNames();
            Token group = peek();
            if (group.isWord("group_left") || group.isWord("group_right")) {
                at++;
                if (set) {
                    throw wrong("no grouping allowed for " + Text.quote(op) + " operation", group);
                }
                card = group.isWord("group_left") ? Card.MANY_TO_ONE : Card.ONE_TO_MANY;
                include = peek().is("(") ? labelNames() : List.of();
                for (String label : include) {
                    if (on && labels.contains(label)) {
                        throw wrong(
                                "label " + Text.quote(label) + " must not occur in ON and GROUP clause at once", group);
                    }
                }
            }
        }
        Double left = null;
        Double right = null;
        while ((peek().isWord("fill") || peek().isWord("fill_left") || peek().isWord("fill_right"))
                && tokens.get(at + 1).is("(")) {
            Token fill = next();
            needs(Feature.FILL_MODIFIERS, "binop fill modifiers are experimental and not enabled", fill);
            if (set) {
                throw wrong("filling in missing series not allowed for set operators", fill);
            }
            expect("(", "fill modifier");
            double sign = take("-") ? -1 : take("+") ? 1 : 1;
            double value = sign * number(next());
            expect(")", "fill modifier");
            left = fill.isWord("fill_right") ? left : Double.valueOf(value);
            right = fill.isWord("fill_left") ? right : Double.valueOf(value);
        }
        return new Matching(card, explicit && on, explicit, labels, include, left, right);
    }

    private List<String> labelNames() throws QueryException {
        expect("(", "grouping opts");
        List<String> names = new ArrayList<>();
        while (!peek().is(")")) {
            Token name = next();
            if (name.kind() != Token.Kind.IDENTIFIER && name.kind() != Token.Kind.STRING
                    || name.text().contains(":")) {
                at--;
                throw unexpected("grouping opts, expected label");
            }
            names.add(name.text());
            if (!take(",")) {
                break;
            }
        }
        expect(")", "grouping opts");
        return names;
    }

    private Expr primary() throws QueryException {
        Token token = next();
        switch (token.kind()) {
            case NUMBER, DURATION:
                return new Expr.Num(token.from(), number(token));
            case STRING:
                return new Expr.Str(token.from(), token.text());
            case IDENTIFIER:
                return named(token);
            default:
                break;
        }
        if (token.is("(")) {
            Expr inner = expression(0);
            expect(")", "paren expression");
            return new Expr.Paren(token.from(), inner);
        }
        if (token.is("{")) {
            return selector("", token.from());
        }
        at--;
        throw unexpected("");
    }

    private Expr named(Token token) throws QueryException {
        String word = token.text().toLowerCase(Locale.ROOT);
        Token following = peek();
        boolean called = following.is("(");
        if (AGGREGATIONS.contains(word) && (called || following.isWord("by") || following.isWord("without"))) {
            return aggregate(token, word);
        }
        if (called) {
            return call(token);
        }
        if (word.equals("inf") || word.equals("nan")) {
            return new Expr.Num(token.from(), word.equals("inf") ? Double.POSITIVE_INFINITY : Double.NaN);
        }
        if (take("{")) {
            return selector(token.text(), token.from());
        }
        List<Matcher> matchers = List.of(new Matcher(Labels.NAME, "=", token.text()));
        return new Expr.Vector(token.from(), token.text(), matchers, Timing.NOW);
    }

    private Expr selector(String name, int from) throws QueryException {
        List<Matcher> matchers = new ArrayList<>();
        while (!peek().is("}")) {
            matchers.add(matcher());
            if (!take(",")) {
                break;
            }
        }
        expect("}", "label matching, expected \",\" or");
        if (!name.isEmpty()) {
            for (Matcher matcher : matchers) {
                if (matcher.name().equals(Labels.NAME)) {
                    throw wrong(
                            "metric name must not be set twice: " + Text.quote(name) + " or "
                                    + Text.quote(matcher.value()),
                            from);
                }
            }
            matchers.add(new Matcher(Labels.NAME, "=", name));
        }
        boolean empty = true;
        for (Matcher matcher : matchers) {
            empty &= matchesEmpty(matcher);
        }
        if (empty) {
            throw wrong("vector selector must contain at least one non-empty matcher", from);
        }
        return new Expr.Vector(from, name, List.copyOf(matchers), Timing.NOW);
    }

    private Matcher matcher() throws QueryException {
        Token name = next();
        if (name.kind() != Token.Kind.IDENTIFIER && name.kind() != Token.Kind.STRING) {
            at--;
            throw unexpected("label matching, expected identifier or \"}\"");
        }
        if (name.kind() == Token.Kind.STRING && (peek().is(",") || peek().is("}"))) {
            return new Matcher(Labels.NAME, "=", name.text());
        }
        Token operator = next();
        if (!operator.is("=") && !operator.is("!=") && !operator.is("=~") && !operator.is("!~")) {
            at--;
            throw unexpected("label matching, expected label matching operator");
        }
        Token value = next();
        if (value.kind() != Token.Kind.STRING) {
            at--;
            throw unexpected("label matching, expected string");
        }
        Matcher matcher = new Matcher(name.text(), operator.text(), value.text());
        matchesEmpty(matcher);
        return matcher;
    }

    private boolean matchesEmpty(Matcher matcher) throws QueryException {
        try {
            return switch (matcher.operator()) {
                case "=" -> matcher.value().isEmpty();
                case "!=" -> !matcher.value().isEmpty();
                case "=~" -> Pattern.matches("(?s:" + matcher.value() + ")", "");
                default -> !Pattern.matches("(?s:" + matcher.value() + ")", "");
            };
        } catch (PatternSyntaxException e) {
            throw wrong("error parsing regexp: " + e.getMessage(), tokens.get(Math.max(0, at - 1)));
        }
    }

    private Expr aggregate(Token token, String op) throws QueryException {
        Optional<Boolean> without = Optional.empty();
        List<String> labels = List.of();
        if (peek().isWord("by") || peek().isWord("without")) {
            without = Optional.of(next().isWord("without"));
            labels = labelNames();
        }
        List<Expr> args = arguments();
        if (without.isEmpty() && (peek().isWord("by") || peek().isWord("without"))) {
            without = Optional.of(next().isWord("without"));
            labels = labelNames();
        }
        boolean parameter = WITH_PARAMETER.contains(op);
        if ((op.equals("limitk") || op.equals("limit_ratio"))) {
            needs(
                    Feature.EXPERIMENTAL_FUNCTIONS,
                    op + "() is experimental and must be enabled with --enable-feature=promql-experimental-functions",
                    token);
        }
        int wanted = parameter ? 2 : 1;
        if (args.isEmpty()) {
            throw wrong("no arguments for aggregate expression provided", token);
        }
        if (args.size() != wanted) {
            throw wrong(
                    "wrong number of arguments for aggregate expression provided, expected " + wanted + ", got "
                            + args.size(),
                    token);
        }
        expectType(args.get(wanted - 1), ValueType.VECTOR, "aggregation expression");
        if (parameter) {
            ValueType type = op.equals("count_values") ? ValueType.STRING : ValueType.SCALAR;
            expectType(args.get(0), type, "aggregation parameter");
        }
        return new Expr.Aggregate(
                token.from(),
                op,
                parameter ? Optional.of(args.get(0)) : Optional.empty(),
                args.get(wanted - 1),
                without.orElse(false),
                labels);
    }

    private List<Expr> arguments() throws QueryException {
        expect("(", "aggregation");
        List<Expr> args = new ArrayList<>();
        while (!peek().is(")")) {
            args.add(expression(0));
            if (!take(",")) {
                break;
            }
            if (peek().is(")")) {
                throw wrong("trailing commas not allowed in function call args", peek());
            }
        }
        expect(")", "function call args");
        return args;
    }

    private Expr call(Token token) throws QueryException {
        Function function = Function.named(token.text());
        if (function == null) {
            throw wrong("unknown function with name " + Text.quote(token.text()), token);
        }
        if (function.experimental()) {
            needs(Feature.EXPERIMENTAL_FUNCTIONS, "function " + Text.quote(function.name()) + " is not enabled", token);
        }
        List<Expr> args = arguments();
        int given = args.size();
        if (given < function.required() || given > function.most()) {
            String words = function.required() == function.most()
                    ? "expected " + function.required()
                    : given < function.required()
                            ? "expected at least " + function.required()
                            : "expected at most " + function.most();
            throw wrong(words + " argument(s) in call to " + Text.quote(function.name()) + ", got " + given, token);
        }
        for (int i = 0; i < given; i++) {
            expectType(args.get(i), function.arg(i), "call to function " + Text.quote(function.name()));
        }
        return new Expr.Call(token.from(), function, args);
    }

    private void expectType(Expr expr, ValueType wanted, String context) throws QueryException {
        if (expr.type() != wanted) {
            throw wrong(
                    "expected type " + wanted.text() + " in " + context + ", got "
                            + expr.type().text(),
                    expr.from());
        }
    }

    private Expr postfix(Expr primary) throws QueryException {
        Expr expr = primary;
        while (true) {
            Token token = peek();
            if (token.is("[")) {
                at++;
                expr = range(expr, token);
            } else if (token.isWord("offset")) {
                at++;
                Duration offset = offset();
                Timing old = timing(expr, "offset", token);
                if (!old.offset().equals(Duration.ZERO)) {
                    throw wrong("offset may not be set multiple times", token);
                }
                expr = withTiming(expr, new Timing(old.kind(), old.at(), offset));
            } else if (token.is("@")) {
                at++;
                Timing old = timing(expr, "@", token);
                if (old.kind() != AtKind.NONE) {
                    throw wrong("@ <timestamp> may not be set multiple times", token);
                }
                expr = withTiming(expr, at(old.offset()));
            } else {
                return expr;
            }
        }
    }

    private Timing at(Duration offset) throws QueryException {
        Token token = next();
        if ((token.isWord("start") || token.isWord("end")) && take("(")) {
            expect(")", "@");
            return new Timing(token.isWord("start") ? AtKind.START : AtKind.END, 0, offset);
        }
        double sign = 1;
        if (token.is("-") || token.is("+")) {
            sign = token.is("-") ? -1 : 1;
            token = next();
        }
        double seconds = sign * number(token);
        if (Double.isNaN(seconds) || Math.abs(seconds) >= Long.MAX_VALUE / 1000.0) {
            throw wrong("timestamp out of bounds for @ modifier: " + seconds, token);
        }
        return new Timing(AtKind.TIME, Math.round(seconds * 1000), offset);
    }

    private Timing timing(Expr expr, String modifier, Token token) throws QueryException {
        if (expr instanceof Expr.Vector vector) {
            return vector.timing();
        }
        if (expr instanceof Expr.Matrix matrix) {
            return matrix.vector().timing();
        }
        if (expr instanceof Expr.Subquery subquery) {
            return subquery.timing();
        }
        throw wrong(
                modifier + " modifier must be preceded by an instant vector selector or range vector selector or a"
                        + " subquery",
                token);
    }

    private static Expr withTiming(Expr expr, Timing timing) {
        if (expr instanceof Expr.Vector v) {
            return new Expr.Vector(v.from(), v.name(), v.matchers(), timing);
        }
        if (expr instanceof Expr.Matrix m) {
            return new Expr.Matrix((Expr.Vector) withTiming(m.vector(), timing), m.range());
        }
        Expr.Subquery s = (Expr.Subquery) expr;
        return new Expr.Subquery(s.expr(), s.range(), s.step(), timing);
    }

    private Expr range(Expr expr, Token bracket) throws QueryException {
        Duration range = duration();
        if (range instanceof Duration.Fixed fixed && fixed.millis() <= 0) {
            throw wrong("duration must be greater than 0", bracket.to());
        }
        if (take(":")) {
            Optional<Duration> step = peek().is("]") ? Optional.empty() : Optional.of(duration());
            expect("]", "subquery selector");
            if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
                throw wrong(
                        "subquery is only allowed on instant vector, got "
                                + expr.type().text(),
                        expr.from());
            }
            return new Expr.Subquery(expr, range, step, Timing.NOW);
        }
        expect("]", "subquery or range selector");
        if (!(expr instanceof Expr.Vector vector)) {
            throw wrong("ranges only allowed for vector selectors", bracket);
        }
        if (!vector.timing().equals(Timing.NOW)) {
            throw wrong(
                    "no " + (vector.timing().kind() == AtKind.NONE ? "offset" : "@")
                            + " modifiers allowed before range",
                    bracket);
        }
        return new Expr.Matrix(vector, range);
    }

    private Duration duration() throws QueryException {
        Token first = peek();
        Duration duration = durationSum(0);
        boolean simple = duration instanceof Duration.Fixed;
        if (!simple) {
            needs(Feature.DURATION_EXPRESSIONS, "experimental duration expression is not enabled", first);
        }
        return duration;
    }

    /** An offset is one operand: what follows belongs to the expression around it. */
    private Duration offset() throws QueryException {
        Token first = peek();
        boolean negative = first.is("-");
        if (negative || first.is("+")) {
            at++;
        }
        Duration operand = durationOperand();
        if (operand instanceof Duration.Fixed fixed) {
            return negative ? new Duration.Fixed(-fixed.millis()) : fixed;
        }
        needs(Feature.DURATION_EXPRESSIONS, "experimental duration expression is not enabled", first);
        return negative ? new Duration.Computed("neg", operand, null) : operand;
    }

    private Duration durationSum(int least) throws QueryException {
        Duration left = durationOperand();
        while (true) {
            Token operator = peek();
            int precedence = operator.kind() == Token.Kind.SYMBOL ? precedence(operator) : 0;
            if (precedence < 4 || precedence <= least) {
                return left;
            }
            at++;
            Duration right = durationSum(precedence == 6 ? precedence - 1 : precedence);
            left = new Duration.Computed(operator.text(), left, right);
        }
    }

    private Duration durationOperand() throws QueryException {
        Token token = next();
        if (token.is("-") || token.is("+")) {
            Duration operand = durationSum(5);
            if (operand instanceof Duration.Fixed fixed) {
                return new Duration.Fixed(token.is("-") ? -fixed.millis() : fixed.millis());
            }
            return token.is("-") ? new Duration.Computed("neg", operand, null) : operand;
        }
        if (token.is("(")) {
            Duration inner = durationSum(0);
            expect(")", "duration expression");
            return new Duration.Computed("()", inner, null);
        }
        if (token.kind() == Token.Kind.NUMBER || token.kind() == Token.Kind.DURATION) {
            return new Duration.Fixed(Math.round(number(token) * 1000));
        }
        String word = token.text().toLowerCase(Locale.ROOT);
        if (token.kind() == Token.Kind.IDENTIFIER
                && Set.of("step", "range", "min_of", "max_of").contains(word)) {
            expect("(", "duration expression");
            Duration left = null;
            Duration right = null;
            if (word.endsWith("_of")) {
                left = durationSum(0);
                expect(",", "duration expression");
                right = durationSum(0);
            }
            expect(")", "duration expression");
            return new Duration.Computed(word, left, right);
        }
        at--;
        throw unexpected("duration expression, expected number, duration, step(), or range()");
    }

    private double number(Token token) throws QueryException {
        try {
            if (token.kind() == Token.Kind.DURATION) {
                return Text.parseDuration(token.text()) / 1000.0;
            }
            if (token.isWord("inf") || token.isWord("nan")) {
                return token.isWord("inf") ? Double.POSITIVE_INFINITY : Double.NaN;
            }
            if (token.kind() == Token.Kind.NUMBER) {
                String digits = token.text().replace("_", "");
                return digits.regionMatches(true, 0, "0x", 0, 2)
                        ? Long.parseUnsignedLong(digits.substring(2), 16)
                        : Double.parseDouble(digits);
            }
        } catch (NumberFormatException e) {
            throw wrong(
                    "error parsing number: strconv.ParseFloat: parsing " + Text.quote(token.text())
                            + ": invalid syntax",
                    token);
        }
        at--;
        throw unexpected("number");
    }

    private void needs(Feature feature, String message, Token token) throws QueryException {
        if (!features.contains(feature)) {
            throw wrong(message, token);
        }
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    private boolean take(String symbol) {
        boolean there = peek().is(symbol);
        at += there ? 1 : 0;
        return there;
    }

    private boolean takeWord(String word) {
        boolean there = peek().isWord(word);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String symbol, String context) throws QueryException {
        if (!take(symbol)) {
            throw unexpected(context + (context.contains("expected") ? " " : ", expected ") + Text.quote(symbol));
        }
    }

    private QueryException unexpected(String context) {
        Token token = peek();
        return wrong("unexpected " + token.described() + (context.isEmpty() ? "" : " in " + context), token);
    }

    private QueryException wrong(String message, Token token) {
        return wrong(message, token.from());
    }

    private QueryException wrong(String message, int position) {
        return Lexer.error(text, position, message);
    }
}
