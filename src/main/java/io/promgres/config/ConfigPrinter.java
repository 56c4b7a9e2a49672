package io.promgres.config;

import java.util.function.Function;

/** Writes every key as commented YAML, in sections. */
final class ConfigPrinter {

    private static final String HEAD = """
            # Every key of promgres with its default. Each is also an environment variable: ingest.workers is
            # PROMGRES_INGEST_WORKERS. The command line wins over the environment, the environment over this file.
            # Sizes: 512, 64KiB, 32MiB, 1.5GiB. Durations: 500ms, 15s, 10m, 2h, 7d.
            # A key that is unknown, wrong or repeated stops the start. promgres check-config looks at this file.
            """;

    private ConfigPrinter() {}

    static String print(Function<Key, String> value) {
        StringBuilder out = new StringBuilder(HEAD);
        String section = "";
        for (Key key : Key.all()) {
            String next = section(key);
            if (!next.equals(section)) {
                out.append('\n').append(next).append(":\n");
                section = next;
            } else if (section.isEmpty()) {
                out.append('\n');
            }
            appendKey(out, key, value.apply(key));
        }
        return out.toString();
    }

    private static void appendKey(StringBuilder out, Key key, String text) {
        String indent = section(key).isEmpty() ? "" : "  ";
        for (String line : key.setting().meaning()) {
            out.append(indent).append("# ").append(line).append('\n');
        }
        String name = key.name().substring(key.name().indexOf('.') + 1);
        out.append(indent).append(name).append(": ").append(scalar(text)).append('\n');
    }

    private static String section(Key key) {
        int dot = key.name().indexOf('.');
        return dot < 0 ? "" : key.name().substring(0, dot);
    }

    /** Plain where YAML reads it back as the same text, else in single quotes. */
    private static String scalar(String text) {
        boolean plain = text.matches("[A-Za-z0-9./][A-Za-z0-9._/:@%?=&-]*") && !text.endsWith(":");
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }
}
