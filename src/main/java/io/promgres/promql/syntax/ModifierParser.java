package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import io.promgres.promql.syntax.Expr.Edge;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Reads what may follow an expression: ranges, subqueries, offset, @, anchored, smoothed. */
final class ModifierParser {

    /** What may follow an expression: each subquery makes the tree one level deeper. */
    private static final int MOST_MODIFIERS = 100;

    private final TokenReader in;
    private final DurationParser durations;
    private final ParserOptions options;

    ModifierParser(TokenReader in, ParserOptions options) {
        this.in = in;
        this.options = options;
        this.durations = new DurationParser(in, options.durationExpressions());
    }

    /** The expression with all modifiers that follow it. */
    Expr follow(Expr first) {
        Expr expr = first;
        for (int modifiers = 0; ; modifiers++) {
            if (modifiers > MOST_MODIFIERS) {
                throw in.error(in.peek().position(), "expression has more than " + MOST_MODIFIERS + " modifiers");
            }
            switch (in.peek().type()) {
                case LEFT_BRACKET -> expr = range(expr);
                case OFFSET -> expr = offset(expr);
                case AT -> expr = at(expr);
                case ANCHORED, SMOOTHED -> expr = extension(expr);
                default -> {
                    return expr;
                }
            }
        }
    }

    private Expr range(Expr expr) {
        Token open = in.next();
        Expr range = durations.positive("subquery or range selector", "number, duration, step(), or range()");
        if (in.accept(TokenType.COLON)) {
            return subquery(expr, range);
        }
        if (!in.is(TokenType.RIGHT_BRACKET)) {
            throw in.unexpected("subquery or range", "\":\" or \"]\"");
        }
        Token close = in.next();
        Position brackets = open.position().to(close.position());
        if (!(expr instanceof VectorSelector vector)) {
            throw in.error(brackets, "ranges only allowed for vector selectors");
        }
        if (vector.time().offset() != 0 || vector.time().offsetExpr() != null) {
            throw in.error(brackets, "no offset modifiers allowed before range");
        }
        if (vector.time().at() != null || vector.time().edge() != null) {
            throw in.error(brackets, "no @ modifiers allowed before range");
        }
        Position position = vector.position().to(close.position());
        return new MatrixSelector(vector, DurationParser.millis(range), computed(range), position);
    }

    private Expr subquery(Expr expr, Expr range) {
        Expr step = null;
        if (!in.is(TokenType.RIGHT_BRACKET)) {
            step = durations.positive("subquery selector", "number, duration, step(), range(), or \"]\"");
            if (!in.is(TokenType.RIGHT_BRACKET)) {
                throw in.unexpected("subquery selector", "\"]\"");
            }
        }
        Position position = expr.position().to(in.next().position());
        return new Subquery(
                expr,
                DurationParser.millis(range),
                computed(range),
                step == null ? 0 : DurationParser.millis(step),
                step == null ? null : computed(step),
                Time.PLAIN,
                position);
    }

    /** An expression that is to be computed; null for a literal. */
    private static Expr computed(Expr duration) {
        return duration instanceof NumberLiteral ? null : duration;
    }

    private Expr offset(Expr expr) {
        in.next();
        Expr offset = durations.offset("offset", "number, duration, step(), or range()");
        Time time = timeOf(expr);
        if (time == null) {
            throw in.error(
                    expr.position(),
                    "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
        }
        if (time.offset() != 0 || time.offsetExpr() != null) {
            throw in.error(expr.position(), "offset may not be set multiple times");
        }
        return withTime(expr, new Time(DurationParser.millis(offset), computed(offset), time.at(), time.edge()));
    }

    private Expr at(Expr expr) {
        in.next();
        Edge edge = null;
        Long at = null;
        if (in.is(TokenType.START) || in.is(TokenType.END)) {
            edge = in.next().type() == TokenType.START ? Edge.START : Edge.END;
            in.expect(TokenType.LEFT_PAREN, "@", "timestamp");
            in.expect(TokenType.RIGHT_PAREN, "@", "timestamp");
        } else {
            at = timestamp(expr);
        }
        Time time = timeOf(expr);
        if (time == null) {
            throw in.error(
                    expr.position(),
                    "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery");
        }
        if (time.at() != null || time.edge() != null) {
            throw in.error(expr.position(), "@ <timestamp> may not be set multiple times");
        }
        return withTime(expr, new Time(time.offset(), time.offsetExpr(), at, edge));
    }

    private long timestamp(Expr expr) {
        boolean negative = in.accept(TokenType.SUB);
        if (!negative) {
            in.accept(TokenType.ADD);
        }
        if (!in.is(TokenType.NUMBER) && !in.is(TokenType.DURATION)) {
            throw in.unexpected("@", "timestamp");
        }
        double seconds = DurationParser.number(in).value() * (negative ? -1 : 1);
        if (Double.isNaN(seconds) || Math.abs(seconds) >= 0x1p63) {
            throw in.error(
                    expr.position(),
                    "timestamp out of bounds for @ modifier: "
                            + (Double.isNaN(seconds) || Double.isInfinite(seconds)
                                    ? GoText.number(seconds)
                                    : new BigDecimal(seconds)
                                            .setScale(6, RoundingMode.HALF_EVEN)
                                            .toPlainString()));
        }
        return Math.round(seconds * 1000);
    }

    private static Time timeOf(Expr expr) {
        if (expr instanceof VectorSelector vector) {
            return vector.time();
        }
        if (expr instanceof MatrixSelector matrix) {
            return matrix.vector().time();
        }
        return expr instanceof Subquery subquery ? subquery.time() : null;
    }

    private Expr withTime(Expr expr, Time time) {
        Position position = expr.position().to(in.last().position());
        if (expr instanceof VectorSelector vector) {
            return new VectorSelector(vector.name(), vector.matchers(), time, vector.extension(), position);
        }
        if (expr instanceof MatrixSelector matrix) {
            VectorSelector vector = matrix.vector();
            VectorSelector moved =
                    new VectorSelector(vector.name(), vector.matchers(), time, vector.extension(), vector.position());
            return new MatrixSelector(moved, matrix.range(), matrix.rangeExpr(), position);
        }
        Subquery subquery = (Subquery) expr;
        return new Subquery(
                subquery.expr(),
                subquery.range(),
                subquery.rangeExpr(),
                subquery.step(),
                subquery.stepExpr(),
                time,
                position);
    }

    private Expr extension(Expr expr) {
        Token token = in.next();
        String name = token.type().text();
        if (!options.extendedRanges()) {
            throw in.error(expr.position(), name + " modifier is experimental and not enabled");
        }
        Extension extension = token.type() == TokenType.ANCHORED ? Extension.ANCHORED : Extension.SMOOTHED;
        if (expr instanceof VectorSelector vector) {
            return extended(vector, extension, expr.position());
        }
        if (expr instanceof MatrixSelector matrix) {
            VectorSelector vector = extended(matrix.vector(), extension, expr.position());
            return new MatrixSelector(vector, matrix.range(), matrix.rangeExpr(), matrix.position());
        }
        throw in.error(
                expr.position(),
                expr instanceof Subquery
                        ? name + " modifier is not supported for subqueries"
                        : name + " modifier not implemented");
    }

    private VectorSelector extended(VectorSelector vector, Extension extension, Position position) {
        if (vector.extension() != Extension.NONE && vector.extension() != extension) {
            throw in.error(position, "anchored and smoothed modifiers cannot be used together");
        }
        return new VectorSelector(vector.name(), vector.matchers(), vector.time(), extension, vector.position());
    }
}
