package io.promgres.promql.syntax;

import io.promgres.promql.syntax.Expr.DurationExpr;
import io.promgres.promql.syntax.Expr.NumberLiteral;

/** Reads durations: literals, and expressions of them where these are switched on. */
final class DurationParser {

    /** Seconds that fit into the nanoseconds of a signed 64-bit number. */
    private static final double LONGEST = 0x1p63 / 1e9;

    /** How many operands a duration may have, so that no query overflows the stack. */
    private static final int DEEPEST = 500;

    private final TokenReader in;
    private final boolean expressions;
    private int nested;

    /** Where durations are read, and what is expected there, as messages name it. */
    private String context;

    private String expected;

    DurationParser(TokenReader in, boolean expressions) {
        this.in = in;
        this.expressions = expressions;
    }

    /**
     * A duration within brackets, greater than 0 if it is a literal.
     *
     * @param place of the duration, as messages name it
     * @param what is expected there
     */
    Expr positive(String place, String what) {
        begin(place, what);
        Expr duration = expression(0);
        if (duration instanceof NumberLiteral number && number.value() <= 0) {
            throw in.error(number.position(), "duration must be greater than 0");
        }
        return duration;
    }

    /** The duration behind offset: a literal or a function with a sign, or an expression in parentheses. */
    Expr offset(String place, String what) {
        begin(place, what);
        if (!in.is(TokenType.ADD) && !in.is(TokenType.SUB)) {
            return primary();
        }
        return signed(in.next(), primary());
    }

    private void begin(String place, String what) {
        nested = 0;
        context = place;
        expected = what;
    }

    private Expr expression(int least) {
        Expr left = unary();
        while (true) {
            Token op = in.peek();
            int precedence = precedence(op.type());
            if (precedence == 0 || precedence < least) {
                return left;
            }
            in.next();
            Expr right = expression(op.type() == TokenType.POW ? precedence : precedence + 1);
            demand(left);
            if (right instanceof NumberLiteral number && number.value() == 0) {
                if (op.type() == TokenType.DIV || op.type() == TokenType.MOD) {
                    throw in.error(op.position(), op.type() == TokenType.DIV ? "division by zero" : "modulo by zero");
                }
            }
            left = new DurationExpr(
                    op.type(), left, right, false, left.position().to(right.position()));
        }
    }

    private static int precedence(TokenType op) {
        return switch (op) {
            case ADD, SUB -> 1;
            case MUL, DIV, MOD -> 2;
            case POW -> 4;
            default -> 0;
        };
    }

    private Expr unary() {
        if (!in.is(TokenType.ADD) && !in.is(TokenType.SUB)) {
            return primary();
        }
        Token sign = in.next();
        countOperand(sign);
        return signed(sign, in.peek(1).type() == TokenType.POW ? expression(4) : unary());
    }

    private Expr signed(Token sign, Expr operand) {
        Position position = sign.position().to(operand.position());
        if (operand instanceof NumberLiteral number) {
            double value = sign.type() == TokenType.SUB ? -number.value() : number.value();
            return new NumberLiteral(value, number.duration(), position);
        }
        demand(operand);
        return sign.type() == TokenType.SUB ? new DurationExpr(TokenType.SUB, null, operand, false, position) : operand;
    }

    private void countOperand(Token token) {
        if (++nested > DEEPEST) {
            throw in.error(token.position(), "duration has more than " + DEEPEST + " operands");
        }
    }

    private Expr primary() {
        Token token = in.peek();
        countOperand(token);
        switch (token.type()) {
            case NUMBER, DURATION -> {
                NumberLiteral number = number(in);
                if (Math.abs(number.value()) > LONGEST) {
                    throw in.error(number.position(), "duration out of range");
                }
                return number;
            }
            case STEP, RANGE -> {
                in.next();
                in.expect(TokenType.LEFT_PAREN, context, expected);
                Position position = token.position()
                        .to(in.expect(TokenType.RIGHT_PAREN, context, expected).position());
                return checked(new DurationExpr(token.type(), null, null, false, position));
            }
            case MAX_OF, MIN_OF -> {
                in.next();
                in.expect(TokenType.LEFT_PAREN, context, expected);
                Expr left = expression(0);
                in.expect(TokenType.COMMA, context, expected);
                Expr right = expression(0);
                Position position = token.position()
                        .to(in.expect(TokenType.RIGHT_PAREN, context, expected).position());
                return checked(new DurationExpr(token.type(), left, right, false, position));
            }
            case LEFT_PAREN -> {
                in.next();
                Expr inner = expression(0);
                Position position = token.position()
                        .to(in.expect(TokenType.RIGHT_PAREN, context, expected).position());
                demand(inner);
                return inner instanceof DurationExpr duration
                        ? new DurationExpr(duration.op(), duration.left(), duration.right(), true, duration.position())
                        : new DurationExpr(TokenType.ADD, null, inner, true, position);
            }
            default -> throw in.unexpected(context, expected);
        }
    }

    /** A number or a duration; the value of a duration is in seconds. */
    static NumberLiteral number(TokenReader in) {
        Token token = in.next();
        try {
            return token.type() == TokenType.DURATION
                    ? new NumberLiteral(Literals.duration(token.text()) / 1000.0, true, token.position())
                    : new NumberLiteral(Literals.number(token.text()), false, token.position());
        } catch (NumberFormatException e) {
            throw in.error(token.position(), "error parsing number: " + token.text());
        } catch (IllegalArgumentException e) {
            throw in.error(token.position(), e.getMessage());
        }
    }

    private DurationExpr checked(DurationExpr expr) {
        demand(expr);
        return expr;
    }

    private void demand(Expr expr) {
        if (!expressions) {
            throw in.error(expr.position(), "experimental duration expression is not enabled");
        }
    }

    /** Seconds to milliseconds. */
    static long millis(Expr duration) {
        return duration instanceof NumberLiteral number ? (long) (Math.rint(number.value() * 1e9) / 1e6) : 0;
    }
}
