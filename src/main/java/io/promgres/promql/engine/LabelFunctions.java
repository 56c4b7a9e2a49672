package io.promgres.promql.engine;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.Regex;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** label_replace and label_join. */
final class LabelFunctions {

    private final Evaluator evaluator;

    LabelFunctions(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    List<StepSeries> evaluate(Call call) {
        return call.function().name().equals("label_join") ? join(call.arguments()) : replace(call.arguments());
    }

    private List<StepSeries> replace(List<Expr> arguments) {
        String target = Evaluator.string(arguments.get(1));
        String replacement = Evaluator.string(arguments.get(2));
        String source = Evaluator.string(arguments.get(3));
        String regex = Evaluator.string(arguments.get(4));
        Pattern pattern;
        try {
            pattern = Regex.anchored(regex);
        } catch (PatternSyntaxException e) {
            throw QueryException.execution("invalid regular expression in label_replace(): " + regex);
        }
        Calls.labelName(target, "invalid destination label name in label_replace(): ");
        return relabel(arguments.get(0), target, labels -> {
            Matcher matcher = pattern.matcher(labels.get(source));
            return matcher.find() ? labels.with(target, expand(replacement, matcher)) : labels;
        });
    }

    private List<StepSeries> join(List<Expr> arguments) {
        String target = Evaluator.string(arguments.get(1));
        String separator = Evaluator.string(arguments.get(2));
        List<String> sources = arguments.subList(3, arguments.size()).stream()
                .map(Evaluator::string)
                .toList();
        sources.forEach(source -> Calls.labelName(source, "invalid source label name in label_join(): "));
        Calls.labelName(target, "invalid destination label name in label_join(): ");
        return relabel(
                arguments.get(0),
                target,
                labels ->
                        labels.with(target, sources.stream().map(labels::get).collect(Collectors.joining(separator))));
    }

    private List<StepSeries> relabel(Expr argument, String target, UnaryOperator<Labels> change) {
        List<StepSeries> input = evaluator.vector(argument);
        List<StepSeries> result = new ArrayList<>(input.size());
        for (StepSeries series : input) {
            StepSeries copy = new StepSeries(change.apply(series.labels), series.steps());
            copy.dropName = series.dropName && !(target.equals(Labels.NAME) && copy.labels != series.labels);
            for (int i = 0; i < series.steps(); i++) {
                if (series.has(i)) {
                    copy.copy(i, series);
                }
            }
            result.add(copy);
        }
        evaluator.release(input);
        return Evaluator.merge(result);
    }

    /** $1, ${1}, $name and ${name} are groups, $$ is a dollar; a group that is not there is empty. */
    private static String expand(String template, Matcher matcher) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < template.length()) {
            char c = template.charAt(i++);
            if (c != '$' || i == template.length()) {
                text.append(c);
                continue;
            }
            if (template.charAt(i) == '$') {
                text.append('$');
                i++;
                continue;
            }
            boolean braces = template.charAt(i) == '{';
            int from = braces ? i + 1 : i;
            int end = from;
            while (end < template.length() && isWord(template.charAt(end))) {
                end++;
            }
            if (end == from || braces && (end == template.length() || template.charAt(end) != '}')) {
                text.append('$');
                continue;
            }
            text.append(group(template.substring(from, end), matcher));
            i = braces ? end + 1 : end;
        }
        return text.toString();
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private static String group(String name, Matcher matcher) {
        String group = null;
        if (name.chars().allMatch(Character::isDigit)) {
            int number = name.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(name);
            group = number <= matcher.groupCount() ? matcher.group(number) : null;
        } else if (matcher.pattern().namedGroups().containsKey(name)) {
            group = matcher.group(name);
        }
        return group == null ? "" : group;
    }
}
