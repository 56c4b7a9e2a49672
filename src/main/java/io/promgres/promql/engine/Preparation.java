package io.promgres.promql.engine;

import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.DurationExpr;
import io.promgres.promql.syntax.Expr.Edge;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;

/** Puts what a query's times decide into its expression: @ start() and end(), computed durations, step() and its like. */
final class Preparation {

    private static final double LONGEST_SECONDS = 0x1p63 / 1e9;

    private final Grid query;

    Preparation(Grid query) {
        this.query = query;
    }

    /** @throws QueryException if a duration that is computed is none */
    Expr prepare(Expr expr) {
        if (expr instanceof Paren paren) {
            return new Paren(prepare(paren.expr()), paren.position());
        }
        if (expr instanceof Unary unary) {
            return new Unary(unary.op(), prepare(unary.expr()), unary.position());
        }
        if (expr instanceof Binary binary) {
            return new Binary(
                    binary.op(),
                    prepare(binary.left()),
                    prepare(binary.right()),
                    binary.matching(),
                    binary.returnBool(),
                    binary.position());
        }
        if (expr instanceof Aggregate aggregate) {
            Expr parameter = aggregate.parameter() == null ? null : prepare(aggregate.parameter());
            return new Aggregate(
                    aggregate.op(),
                    prepare(aggregate.expr()),
                    parameter,
                    aggregate.grouping(),
                    aggregate.without(),
                    aggregate.position());
        }
        if (expr instanceof Call call) {
            return call(call);
        }
        if (expr instanceof VectorSelector vector) {
            return vector(vector);
        }
        if (expr instanceof MatrixSelector matrix) {
            long range = matrix.rangeExpr() == null ? matrix.range() : millis(matrix.rangeExpr(), false);
            return new MatrixSelector(vector(matrix.vector()), range, null, matrix.position());
        }
        if (expr instanceof Subquery subquery) {
            Time time = time(subquery.time());
            long step = subquery.stepExpr() == null ? subquery.step() : millis(subquery.stepExpr(), false);
            long range = subquery.rangeExpr() == null ? subquery.range() : millis(subquery.rangeExpr(), false);
            return new Subquery(prepare(subquery.expr()), range, null, step, null, time, subquery.position());
        }
        return expr;
    }

    private Expr call(Call call) {
        Double folded = switch (call.function().name()) {
            case "start" -> query.start() / 1000.0;
            case "end" -> query.end() / 1000.0;
            case "range" -> (query.end() - query.start()) / 1000.0;
            case "step" -> query.isInstant() ? 0 : query.step() / 1000.0;
            default -> null;
        };
        if (folded != null) {
            return new NumberLiteral(folded, false, call.position());
        }
        return new Call(
                call.function(), call.arguments().stream().map(this::prepare).toList(), call.position());
    }

    private VectorSelector vector(VectorSelector vector) {
        return new VectorSelector(
                vector.name(), vector.matchers(), time(vector.time()), vector.extension(), vector.position());
    }

    private Time time(Time time) {
        long offset = time.offsetExpr() == null ? time.offset() : millis(time.offsetExpr(), true);
        Long at = time.at();
        if (time.edge() != null) {
            at = time.edge() == Edge.START ? query.start() : query.end();
        }
        return new Time(offset, null, at, null);
    }

    private long millis(Expr expr, boolean mayBeNegative) {
        double seconds = seconds(expr);
        if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
            throw error(expr, "duration is NaN or infinite");
        }
        if (seconds <= 0 && !mayBeNegative) {
            throw error(expr, "duration must be greater than 0");
        }
        if (Math.abs(seconds) > LONGEST_SECONDS) {
            throw error(expr, "duration is out of range");
        }
        return (long) (seconds * 1000);
    }

    private double seconds(Expr expr) {
        if (expr instanceof NumberLiteral number) {
            return number.value();
        }
        DurationExpr duration = (DurationExpr) expr;
        double left = duration.left() == null ? 0 : seconds(duration.left());
        double right = duration.right() == null ? 0 : seconds(duration.right());
        return switch (duration.op()) {
            case STEP -> query.isInstant() ? 0 : query.step() / 1000.0;
            case RANGE -> (query.end() - query.start()) / 1000.0;
            case MIN_OF -> Extremes.lesser(left, right);
            case MAX_OF -> Extremes.greater(left, right);
            case ADD -> left + right;
            case SUB -> left - right;
            case MUL -> left * right;
            case DIV -> left / notZero(right, expr, "division by zero");
            case MOD -> left % notZero(right, expr, "modulo by zero");
            case POW -> Math.pow(left, right);
            default -> throw new IllegalStateException("no operator of durations: " + duration.op());
        };
    }

    private static double notZero(double divisor, Expr expr, String message) {
        if (divisor == 0) {
            throw error(expr, message);
        }
        return divisor;
    }

    private static QueryException error(Expr expr, String message) {
        return new QueryException(
                QueryException.Type.BAD_DATA,
                expr.position().start() + ":" + expr.position().end() + ": " + message);
    }
}
