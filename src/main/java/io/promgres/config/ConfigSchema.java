package io.promgres.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The JSON schema of the configuration file, for editors that complete and check YAML.
 *
 * @see <a href="https://json-schema.org/draft-07/schema">JSON Schema, draft 7</a>
 */
final class ConfigSchema {

    private static final String DURATION = "^[0-9]+(\\\\.[0-9]+)?(ms|s|m|h|d)$";
    private static final String SIZE = "^[0-9]+(\\\\.[0-9]+)?(B|KiB|MiB|GiB|TiB)?$";
    private static final String LIST = "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}";

    private ConfigSchema() {}

    static String text() {
        String own = Key.all().stream()
                .filter(key -> section(key).isEmpty())
                .map(key -> property(key, "    "))
                .collect(Collectors.joining(",\n"));
        String sections = Key.all().stream()
                .map(ConfigSchema::section)
                .filter(section -> !section.isEmpty())
                .distinct()
                .map(ConfigSchema::sectionText)
                .collect(Collectors.joining(",\n"));
        return """
                {
                  "$schema": "http://json-schema.org/draft-07/schema#",
                  "title": "Configuration of promgres",
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                """ + own + ",\n" + sections + "\n  }\n}\n";
    }

    private static String sectionText(String section) {
        String keys = Key.all().stream()
                .filter(key -> section(key).equals(section))
                .map(key -> property(key, "        "))
                .collect(Collectors.joining(",\n"));
        return "    " + quoted(section) + ": {\n      \"type\": [\"object\", \"null\"],\n"
                + "      \"additionalProperties\": false,\n      \"properties\": {\n" + keys + "\n      }\n    }";
    }

    private static String property(Key key, String indent) {
        String name = key.name().substring(key.name().indexOf('.') + 1);
        String meaning = String.join(" ", key.setting().meaning());
        return indent + quoted(name) + ": {\n" + indent + "  \"description\": " + quoted(meaning) + ",\n" + indent
                + "  \"default\": " + quoted(key.defaultText()) + ",\n" + indent + "  \"anyOf\": ["
                + forms(key).collect(Collectors.joining(", ")) + "]\n" + indent + "}";
    }

    private static Stream<String> forms(Key key) {
        Stream<String> word = key.setting().unset() == SpecialValue.NONE
                ? Stream.empty()
                : Stream.of("{\"const\": " + quoted(key.setting().unset().word()) + "}");
        Stream<String> below =
                key.setting().inline() ? Stream.of("{\"type\": [\"object\", \"array\"]}") : Stream.empty();
        Stream<String> list = key.isList() ? Stream.of(LIST) : Stream.empty();
        return Stream.of(Stream.of(form(key)), word, list, below).flatMap(form -> form);
    }

    private static String form(Key key) {
        Class<?> type = key.type();
        if (type == boolean.class) {
            return "{\"type\": \"boolean\"}";
        }
        if (type == int.class) {
            return "{\"type\": \"integer\"" + limit("minimum", key.setting().min())
                    + limit("maximum", key.setting().max()) + "}";
        }
        if (type == long.class) {
            return "{\"type\": [\"integer\", \"string\"], \"pattern\": \"" + SIZE + "\"}";
        }
        if (type == Duration.class) {
            return "{\"type\": \"string\", \"pattern\": \"" + DURATION + "\"}";
        }
        return type.isEnum() ? "{\"enum\": [" + words(type) + "]}" : "{\"type\": \"string\"}";
    }

    private static String words(Class<?> type) {
        return List.of(type.getEnumConstants()).stream()
                .map(constant -> quoted(((Enum<?>) constant).name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining(", "));
    }

    private static String limit(String name, String value) {
        return value.isEmpty() ? "" : ", \"" + name + "\": " + value;
    }

    private static String section(Key key) {
        int dot = key.name().indexOf('.');
        return dot < 0 ? "" : key.name().substring(0, dot);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
