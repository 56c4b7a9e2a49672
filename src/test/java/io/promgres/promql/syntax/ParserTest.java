package io.promgres.promql.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no PromQL is refused with the position and the words that Prometheus has for it. */
class ParserTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            | 1:1: parse error: no expression found in input
            1 + | 1:4: parse error: unexpected end of input
            foo{ | 1:5: parse error: unexpected end of input inside braces
            foo{a~"b"} | 1:6: parse error: unexpected character inside braces: '~'
            foo{a="b" c="d"} | 1:11: parse error: unexpected identifier "c" in label matching, expected "," or "}"
            foo{a} | 1:6: parse error: unexpected "}" in label matching, expected label matching operator
            foo{a=b} | 1:7: parse error: unexpected identifier "b" in label matching, expected string
            foo{__name__="bar"} | 1:1: parse error: metric name must not be set twice: "foo" or "bar"
            {a=""} | 1:1: parse error: vector selector must contain at least one non-empty matcher
            sum(foo | 1:8: parse error: unclosed left parenthesis
            sum by foo (bar) | 1:8: parse error: unexpected identifier "foo" in grouping opts, expected "("
            foo) | 1:5: parse error: unexpected right parenthesis ')'
            unknown(foo) | 1:1: parse error: unknown function with name "unknown"
            rate(foo) | 1:6: parse error: expected type range vector in call to function "rate", got instant vector
            rate(foo[5m], 1) | 1:1: parse error: expected 1 argument(s) in call to "rate", got 2
            label_join(foo, "a") | 1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2
            round(foo, 1, 2) | 1:1: parse error: expected at most 2 argument(s) in call to "round", got 3
            foo[5m] + 1 | 1:1: parse error: binary expression must contain only scalar and instant vector types
            1 == 2 | 1:3: parse error: comparisons between scalars must use BOOL modifier
            foo + bool bar | 1:5: parse error: bool modifier can only be used on comparison operators
            foo and 1 | 1:1: parse error: set operator "and" not allowed in binary scalar expression
            foo and on(a) group_left(b) bar | 1:1: parse error: no grouping allowed for "and" operation
            foo + on(a) group_left(a) bar | 1:5: parse error: label "a" must not occur in ON and GROUP clause at once
            -"a" | 1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"
            sum(1) | 1:5: parse error: expected type instant vector in aggregation expression, got scalar
            topk(foo) | 1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1
            sum() | 1:1: parse error: no arguments for aggregate expression provided
            foo[0s] | 1:5: parse error: duration must be greater than 0
            foo[5m | 1:7: parse error: unclosed left bracket
            foo[ | 1:5: parse error: unexpected end of input in duration expression
            foo[] | 1:5: parse error: unexpected "]" in subquery or range selector, expected number, duration, step(), or range()
            (foo + bar)[5m] | 1:12: parse error: ranges only allowed for vector selectors
            foo offset 5m offset 5m | 1:1: parse error: offset may not be set multiple times
            foo offset | 1:11: parse error: unexpected end of input in offset, expected number, duration, step(), or range()
            1 offset 5m | 1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery
            foo @ bar | 1:7: parse error: unexpected identifier "bar" in @, expected timestamp
            foo @ 1 @ 2 | 1:1: parse error: @ <timestamp> may not be set multiple times
            (1)[5m:] | 1:1: parse error: subquery is only allowed on instant vector, got scalar instead
            limitk(1, foo) | 1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions
            mad_over_time(foo[5m]) | 1:1: parse error: function "mad_over_time" is not enabled
            foo[5m + 1m] | 1:5: parse error: experimental duration expression is not enabled
            foo[5m] anchored | 1:1: parse error: anchored modifier is experimental and not enabled
            foo + fill(0) bar | 1:1: parse error: binop fill modifiers are experimental and not enabled
            foo = bar | 1:5: parse error: unexpected "="
            "a | 1:1: parse error: unterminated quoted string
            "\\xg1" | 1:1: parse error: illegal character U+0067 'g' in escape sequence
            "\\x+1" | 1:1: parse error: illegal character U+002B '+' in escape sequence
            "\\u12" | 1:1: parse error: illegal character U+0022 '"' in escape sequence
            "\\q" | 1:1: parse error: unknown escape sequence U+0071 'q'
            foo § bar | 1:5: parse error: unexpected character: '§'
            """)
    void whatIsNoExpressionIsRefusedWithItsPosition(String query, String message) {
        assertThatThrownBy(() -> Parser.parse(query == null ? "" : query, ParserOptions.NONE))
                .isInstanceOf(ParseException.class)
                .hasMessage(message);
    }

    @Test
    void aPositionHasALineToo() {
        assertThatThrownBy(() -> Parser.parse("foo +\n  sum(1)", ParserOptions.NONE))
                .hasMessageStartingWith("2:7: parse error: ");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            1+2*3^2 | 1 + 2 * 3 ^ 2
            -foo ^ 2 | -foo ^ 2
            sum(foo) by (b,a) | sum by (b, a) (foo)
            sum without() (foo) | sum without () (foo)
            foo{b!="c",a=~"x.*"} | foo{a=~"x.*",b!="c"}
            {"foo.bar", a="b"} | {__name__="foo.bar",a="b"}
            rate(foo[90s]) | rate(foo[1m30s])
            foo[1d:30s] offset 1w | foo[1d:30s] offset 1w
            foo @ 1.5 offset -5m | foo @ 1.500 offset -5m
            foo @ end() | foo @ end()
            a * on(b) group_left(c) d | a * on (b) group_left (c) d
            a > bool 1 | a > bool 1
            topk(3, foo) | topk(3, foo)
            0x10 + 1e3 | 16 + 1000
            "a\\"b" | "a\\"b"
            foo[1m+30s] | foo[1m + 30s]
            foo[5m] smoothed offset 1m | foo[5m] smoothed offset 1m
            a + fill(0) b | a + fill (0) b
            count_values("x", foo) | count_values("x", foo)
            min_over_time(rate(foo[5m])[1h:]) | min_over_time(rate(foo[5m])[1h:])
            """)
    void whatIsPrintedReadsAsTheSame(String query, String printed) {
        Expr expr = Parser.parse(query, ParserOptions.ALL);
        assertThat(Printer.print(expr)).isEqualTo(printed);
        assertThat(Printer.print(Parser.parse(printed, ParserOptions.ALL))).isEqualTo(printed);
    }

    @Test
    void aLongExpressionIsIndented() {
        String query = "sum by (job) (rate(http_requests_total{code=~\"5..\",handler=\"/api/v1/query_range\"}[5m]))"
                + " / sum by (job) (rate(http_requests_total{handler=\"/api/v1/query_range\"}[5m]))";
        assertThat(Printer.pretty(Parser.parse(query, ParserOptions.NONE))).isEqualTo("""
                  sum by (job) (rate(http_requests_total{code=~"5..",handler="/api/v1/query_range"}[5m]))
                /
                  sum by (job) (rate(http_requests_total{handler="/api/v1/query_range"}[5m]))""");
    }

    @Test
    void whatNestsTooDeeplyIsRefused() {
        assertThatThrownBy(() -> Parser.parse("(".repeat(10_000) + "1" + ")".repeat(10_000), ParserOptions.NONE))
                .isInstanceOf(ParseException.class)
                .hasMessageContaining("deeper than 500 levels");
    }
}
