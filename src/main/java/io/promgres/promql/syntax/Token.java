package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;

/** A token and its text in the query. */
record Token(TokenType type, String text, Position position) {

    /** As messages name it. */
    String described() {
        if (type == TokenType.EOF) {
            return "end of input";
        }
        if (type.text() != null) {
            if (type.isKeyword()) {
                return "<" + text + ">";
            }
            if (type.isOperator()) {
                return "<op:" + text + ">";
            }
            if (type.isAggregator()) {
                return "<aggr:" + text + ">";
            }
            return shortened();
        }
        return switch (type) {
            case IDENTIFIER -> "identifier " + GoText.quote(text);
            case METRIC_IDENTIFIER -> "metric identifier " + GoText.quote(text);
            case NUMBER -> "number " + shortened();
            case DURATION -> "duration " + shortened();
            case STRING -> "string " + shortened();
            default -> shortened();
        };
    }

    private String shortened() {
        return text.length() > 10 ? GoText.quote(text.substring(0, 10)) + "..." : GoText.quote(text);
    }
}
