package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.Cardinality;
import io.promgres.promql.syntax.Expr.DurationExpr;
import io.promgres.promql.syntax.Expr.Edge;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.Matching;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.StringLiteral;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes expressions as Prometheus does: on one line, or indented where a line would be longer than 100 characters. */
public final class Printer {

    private static final int LONGEST_LINE = 100;

    private Printer() {}

    /** On one line. Reading it again gives the same expression. */
    public static String print(Expr expr) {
        if (expr instanceof NumberLiteral number) {
            return number(number);
        }
        if (expr instanceof StringLiteral string) {
            return GoText.quote(string.value());
        }
        if (expr instanceof Paren paren) {
            return "(" + print(paren.expr()) + ")";
        }
        if (expr instanceof Unary unary) {
            return unary.op().text() + print(unary.expr());
        }
        if (expr instanceof Binary binary) {
            return print(binary.left()) + " " + operator(binary) + " " + print(binary.right());
        }
        if (expr instanceof Aggregate aggregate) {
            String parameter = aggregate.parameter() == null ? "" : print(aggregate.parameter()) + ", ";
            return head(aggregate) + "(" + parameter + print(aggregate.expr()) + ")";
        }
        if (expr instanceof Call call) {
            return call.function().name() + "("
                    + call.arguments().stream().map(Printer::print).collect(Collectors.joining(", ")) + ")";
        }
        if (expr instanceof VectorSelector vector) {
            return selector(vector) + at(vector.time()) + extension(vector.extension()) + offset(vector.time());
        }
        if (expr instanceof MatrixSelector matrix) {
            VectorSelector vector = matrix.vector();
            return selector(vector) + "[" + duration(matrix.range(), matrix.rangeExpr()) + "]"
                    + extension(vector.extension()) + at(vector.time()) + offset(vector.time());
        }
        if (expr instanceof Subquery subquery) {
            return print(subquery.expr()) + suffix(subquery);
        }
        return duration((DurationExpr) expr);
    }

    /** On as many lines as it needs. */
    public static String pretty(Expr expr) {
        return pretty(expr, 0);
    }

    private static String pretty(Expr expr, int level) {
        String indent = "  ".repeat(level);
        String line = print(expr);
        if (line.length() <= LONGEST_LINE) {
            return expr instanceof Subquery ? line : indent + line;
        }
        if (expr instanceof Aggregate aggregate) {
            String parameter = aggregate.parameter() == null ? "" : pretty(aggregate.parameter(), level + 1) + ",\n";
            return indent + head(aggregate) + "(\n" + parameter + pretty(aggregate.expr(), level + 1) + "\n" + indent
                    + ")";
        }
        if (expr instanceof Binary binary) {
            return pretty(binary.left(), level + 1) + "\n" + indent + operator(binary) + "\n"
                    + pretty(binary.right(), level + 1);
        }
        if (expr instanceof Call call) {
            return indent + call.function().name() + "(\n"
                    + call.arguments().stream()
                            .map(argument -> pretty(argument, level + 1))
                            .collect(Collectors.joining(",\n"))
                    + "\n" + indent + ")";
        }
        if (expr instanceof Paren paren) {
            return indent + "(\n" + pretty(paren.expr(), level + 1) + "\n" + indent + ")";
        }
        if (expr instanceof Unary unary) {
            return indent + unary.op().text() + pretty(unary.expr(), level).strip();
        }
        if (expr instanceof Subquery subquery) {
            return pretty(subquery.expr(), level) + suffix(subquery);
        }
        return indent + line;
    }

    private static String number(NumberLiteral number) {
        if (!number.duration()) {
            return GoText.plain(number.value());
        }
        long millis = Math.round(Math.abs(number.value()) * 1000);
        return (number.value() < 0 ? "-" : "") + Literals.duration(millis);
    }

    private static String operator(Binary binary) {
        return binary.op().text() + (binary.returnBool() ? " bool" : "") + matching(binary.matching());
    }

    private static String matching(Matching matching) {
        if (matching == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        boolean grouped =
                matching.cardinality() == Cardinality.MANY_TO_ONE || matching.cardinality() == Cardinality.ONE_TO_MANY;
        if (!matching.labels().isEmpty() || matching.on() || grouped) {
            text.append(matching.on() ? " on (" : " ignoring (")
                    .append(labels(matching.labels()))
                    .append(')');
        }
        if (grouped) {
            text.append(matching.cardinality() == Cardinality.MANY_TO_ONE ? " group_left (" : " group_right (")
                    .append(labels(matching.include()))
                    .append(')');
        }
        Double left = matching.fillLeft();
        Double right = matching.fillRight();
        if (left != null && left.equals(right)) {
            return text.append(" fill (")
                    .append(GoText.number(left))
                    .append(')')
                    .toString();
        }
        if (left != null) {
            text.append(" fill_left (").append(GoText.number(left)).append(')');
        }
        if (right != null) {
            text.append(" fill_right (").append(GoText.number(right)).append(')');
        }
        return text.toString();
    }

    private static String labels(List<String> names) {
        return names.stream().map(GoText::labelName).collect(Collectors.joining(", "));
    }

    private static String head(Aggregate aggregate) {
        String op = aggregate.op().text();
        if (aggregate.without()) {
            return op + " without (" + labels(aggregate.grouping()) + ") ";
        }
        return aggregate.grouping().isEmpty() ? op : op + " by (" + labels(aggregate.grouping()) + ") ";
    }

    private static String selector(VectorSelector vector) {
        String matchers = vector.matchers().stream()
                .filter(matcher -> !(matcher.name().equals(Labels.NAME)
                        && matcher.type() == Matcher.Type.EQUAL
                        && matcher.value().equals(vector.name())
                        && !vector.name().isEmpty()))
                .map(Matcher::toString)
                .sorted()
                .collect(Collectors.joining(","));
        return vector.name() + (matchers.isEmpty() ? "" : "{" + matchers + "}");
    }

    private static String at(Time time) {
        if (time.at() != null) {
            return String.format(Locale.ROOT, " @ %.3f", time.at() / 1000.0);
        }
        return time.edge() == null ? "" : time.edge() == Edge.START ? " @ start()" : " @ end()";
    }

    private static String extension(Extension extension) {
        return extension == Extension.NONE ? "" : " " + extension.name().toLowerCase(Locale.ROOT);
    }

    private static String offset(Time time) {
        if (time.offsetExpr() != null) {
            return " offset " + print(time.offsetExpr());
        }
        if (time.offset() == 0) {
            return "";
        }
        return " offset " + (time.offset() < 0 ? "-" : "") + Literals.duration(Math.abs(time.offset()));
    }

    private static String suffix(Subquery subquery) {
        boolean plain = subquery.step() == 0 && subquery.stepExpr() == null;
        return "[" + duration(subquery.range(), subquery.rangeExpr()) + ":"
                + (plain ? "" : duration(subquery.step(), subquery.stepExpr())) + "]" + at(subquery.time())
                + offset(subquery.time());
    }

    private static String duration(long millis, Expr expr) {
        return expr == null ? Literals.duration(millis) : print(expr);
    }

    private static String duration(DurationExpr expr) {
        String text = switch (expr.op()) {
            case STEP, RANGE -> expr.op().text() + "()";
            case MIN_OF, MAX_OF -> expr.op().text() + "(" + print(expr.left()) + ", " + print(expr.right()) + ")";
            default ->
                expr.left() == null
                        ? (expr.op() == TokenType.SUB ? "-" : "") + print(expr.right())
                        : print(expr.left()) + " " + expr.op().text() + " " + print(expr.right());
        };
        return expr.wrapped() ? "(" + text + ")" : text;
    }
}
