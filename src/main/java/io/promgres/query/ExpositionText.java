package io.promgres.query;

import io.promgres.model.LabelSet;

/** Samples as lines of Prometheus' text format. */
final class ExpositionText {

    private ExpositionText() {}

    /** A metric's name as it stands in a comment: in quotes if it is no identifier. */
    static String name(String metric) {
        return isIdentifier(metric) ? metric : quoted(metric);
    }

    /** @param time milliseconds since the epoch */
    static void write(LabelSet labels, double value, long time, StringBuilder to) {
        String metric = labels.metricName();
        boolean outside = isIdentifier(metric);
        if (outside) {
            to.append(metric);
        }
        to.append('{');
        if (!outside) {
            to.append(quoted(metric)).append(',');
        }
        boolean instance = false;
        for (int i = 0; i < labels.size(); i++) {
            String name = labels.name(i);
            instance |= name.equals("instance");
            if (!name.equals(LabelSet.METRIC_NAME)) {
                to.append(name(name))
                        .append('=')
                        .append(quoted(labels.value(i)))
                        .append(',');
            }
        }
        // A server that scrapes this must not add an instance of its own to a series that has none.
        to.append(instance ? "" : "instance=\"\",");
        to.setCharAt(to.length() - 1, '}');
        to.append(' ').append(GoNumber.json(value)).append(' ').append(time).append('\n');
    }

    private static boolean isIdentifier(String name) {
        return name.matches("[A-Za-z_:][A-Za-z0-9_:]*");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
