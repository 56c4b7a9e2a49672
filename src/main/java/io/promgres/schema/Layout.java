package io.promgres.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the tables of the store are laid out. One set of scripts makes both: what stands in a comment that begins with
 * {@code citus} is for Citus alone, and what stands between {@code plain} and {@code end plain} in comments is not for it.
 */
public enum Layout {

    /** On one server. */
    PLAIN {
        @Override
        String script(String text) {
            return text;
        }
    },

    /** Distributed by Citus over the workers of a coordinator. */
    CITUS {
        @Override
        String script(String text) {
            String without = PLAIN_ONLY.matcher(text).replaceAll("");
            return CITUS_ONLY.matcher(without).replaceAll(match -> Matcher.quoteReplacement(match.group(1)));
        }
    };

    private static final Pattern PLAIN_ONLY = Pattern.compile("/\\*plain\\*/.*?/\\*end plain\\*/", Pattern.DOTALL);
    private static final Pattern CITUS_ONLY = Pattern.compile("/\\*citus (.*?)\\*/", Pattern.DOTALL);

    /** A script as this layout has it. */
    abstract String script(String text);
}
