package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.Cardinality;
import io.promgres.promql.syntax.Expr.Matching;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.List;

/** Says what of an expression that can be read cannot be evaluated, and takes matchings away from scalars. */
final class TypeCheck {

    private final String query;

    TypeCheck(String query) {
        this.query = query;
    }

    /** The expression as it is to be evaluated. */
    Expr check(Expr expr) {
        if (expr instanceof Paren paren) {
            return new Paren(check(paren.expr()), paren.position());
        }
        if (expr instanceof Aggregate aggregate) {
            return aggregate(aggregate);
        }
        if (expr instanceof Binary binary) {
            return binary(binary);
        }
        if (expr instanceof Call call) {
            return call(call);
        }
        if (expr instanceof Unary unary) {
            Expr operand = check(unary.expr());
            if (operand.type() != ValueType.SCALAR && operand.type() != ValueType.VECTOR) {
                throw error(
                        unary.position(),
                        "unary expression only allowed on expressions of type scalar or instant vector, got "
                                + GoText.quote(operand.type().toString()));
            }
            return new Unary(unary.op(), operand, unary.position());
        }
        if (expr instanceof Subquery subquery) {
            return subquery(subquery);
        }
        if (expr instanceof MatrixSelector matrix) {
            selector(matrix.vector(), false);
        }
        if (expr instanceof VectorSelector vector) {
            selector(vector, false);
        }
        return expr;
    }

    private Expr subquery(Subquery subquery) {
        Expr inner = check(subquery.expr());
        if (inner.type() != ValueType.VECTOR) {
            throw error(
                    subquery.position(),
                    "subquery is only allowed on instant vector, got "
                            + inner.type().resultType() + " instead");
        }
        return new Subquery(
                inner,
                subquery.range(),
                subquery.rangeExpr(),
                subquery.step(),
                subquery.stepExpr(),
                subquery.time(),
                subquery.position());
    }

    private Expr aggregate(Aggregate aggregate) {
        Expr expr = check(aggregate.expr());
        expect(expr, ValueType.VECTOR, "aggregation expression");
        Expr parameter = aggregate.parameter();
        if (parameter != null) {
            parameter = check(parameter);
            expect(
                    parameter,
                    aggregate.op() == TokenType.COUNT_VALUES ? ValueType.STRING : ValueType.SCALAR,
                    "aggregation parameter");
        }
        return new Aggregate(
                aggregate.op(), expr, parameter, aggregate.grouping(), aggregate.without(), aggregate.position());
    }

    private void expect(Expr expr, ValueType wanted, String context) {
        if (expr.type() != wanted) {
            throw error(expr.position(), "expected type " + wanted + " in " + context + ", got " + expr.type());
        }
    }

    private Expr binary(Binary binary) {
        Expr left = check(binary.left());
        Expr right = check(binary.right());
        TokenType op = binary.op();
        Position opPosition = operator(left, right);
        if (binary.returnBool() && !op.isComparison()) {
            throw error(opPosition, "bool modifier can only be used on comparison operators");
        }
        boolean scalars = left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR;
        if (op.isComparison() && !binary.returnBool() && scalars) {
            throw error(opPosition, "comparisons between scalars must use BOOL modifier");
        }
        Matching matching = binary.matching();
        for (String label : matching.labels()) {
            if (matching.on() && matching.include().contains(label)) {
                throw error(
                        opPosition, "label " + GoText.quote(label) + " must not occur in ON and GROUP clause at once");
            }
        }
        for (Expr side : List.of(left, right)) {
            if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
                throw error(side.position(), "binary expression must contain only scalar and instant vector types");
            }
        }
        boolean vectors = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
        boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
        if (!vectors) {
            withScalar(binary, fills);
        } else if (op.isSetOperator()) {
            setOperator(binary, fills);
        }
        return new Binary(op, left, right, vectors ? matching : null, binary.returnBool(), binary.position());
    }

    private void withScalar(Binary binary, boolean fills) {
        if (!binary.matching().labels().isEmpty()) {
            throw error(binary.position(), "vector matching only allowed between instant vectors");
        }
        if (fills) {
            throw error(binary.position(), "filling in missing series only allowed between instant vectors");
        }
        if (binary.op().isSetOperator()) {
            throw error(
                    binary.position(),
                    "set operator " + GoText.quote(binary.op().text()) + " not allowed in binary scalar expression");
        }
    }

    private void setOperator(Binary binary, boolean fills) {
        if (binary.matching().cardinality() != Cardinality.MANY_TO_MANY) {
            throw error(
                    binary.position(),
                    "no grouping allowed for " + GoText.quote(binary.op().text()) + " operation");
        }
        if (fills) {
            throw error(binary.position(), "filling in missing series not allowed for set operators");
        }
    }

    private Position operator(Expr left, Expr right) {
        int start = left.position().end();
        while (start < query.length() && Character.isWhitespace(query.charAt(start))) {
            start++;
        }
        return new Position(start, Math.max(start, right.position().start() - 1));
    }

    private Expr call(Call call) {
        Function function = call.function();
        checkNumber(call);
        if (function.name().equals("info") && call.arguments().size() > 1) {
            checkInfo(call);
        }
        List<Expr> arguments = new ArrayList<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            Expr given = call.arguments().get(i);
            boolean selectorOfInfo = function.name().equals("info") && i == 1;
            Expr argument = selectorOfInfo ? given : check(given);
            ValueType wanted =
                    function.arguments().get(Math.min(i, function.arguments().size() - 1));
            if (argument.type() != wanted) {
                throw error(
                        argument.position(),
                        "expected type " + wanted + " in call to function " + GoText.quote(function.name()) + ", got "
                                + argument.type());
            }
            arguments.add(argument);
        }
        return new Call(function, List.copyOf(arguments), call.position());
    }

    private void checkNumber(Call call) {
        Function function = call.function();
        int given = call.arguments().size();
        int wanted = function.arguments().size();
        String in = " argument(s) in call to " + GoText.quote(function.name()) + ", got " + given;
        if (function.variadic() == 0) {
            if (given != wanted) {
                throw error(call.position(), "expected " + wanted + in);
            }
        } else if (given < wanted - 1) {
            throw error(call.position(), "expected at least " + (wanted - 1) + in);
        } else if (function.variadic() > 0 && given > wanted - 1 + function.variadic()) {
            throw error(call.position(), "expected at most " + (wanted - 1 + function.variadic()) + in);
        }
    }

    private void checkInfo(Call call) {
        Expr labels = call.arguments().get(1);
        if (labels.type() != ValueType.VECTOR) {
            throw error(
                    call.position(), "expected type instant vector in call to function \"info\", got " + labels.type());
        }
        if (!(labels instanceof VectorSelector selector)) {
            throw error(labels.position(), "expected label selectors only");
        }
        if (!selector.name().isEmpty()) {
            throw error(labels.position(), "expected label selectors only, got vector selector instead");
        }
        selector(selector, true);
    }

    private void selector(VectorSelector selector, boolean mayBeEmpty) {
        List<Matcher> matchers = selector.matchers();
        if (!selector.name().isEmpty()) {
            for (Matcher matcher : matchers.subList(0, matchers.size() - 1)) {
                if (matcher.name().equals(Labels.NAME)) {
                    throw error(
                            selector.position(),
                            "metric name must not be set twice: " + GoText.quote(selector.name()) + " or "
                                    + GoText.quote(matcher.value()));
                }
            }
        } else if (!mayBeEmpty && matchers.stream().allMatch(matcher -> matcher.matches(""))) {
            throw error(selector.position(), "vector selector must contain at least one non-empty matcher");
        }
    }

    private ParseException error(Position position, String message) {
        return new ParseException(position, query, message);
    }
}
