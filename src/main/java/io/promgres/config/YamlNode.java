package io.promgres.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A value in a YAML file that knows where it stands, so that every complaint about it names file and line. The only reader of
 * YAML: it reads token by token, because a tree of the library has neither lines nor repeated keys.
 *
 * @param where file and line, of a value in a mapping the line of its key
 * @param value a String, empty where none is written, a List of nodes, or a Map of Strings to nodes
 */
public record YamlNode(String where, Object value) {

    /**
     * Reads a file of one mapping; an empty one is an empty mapping.
     *
     * @throws ConfigException the file cannot be read, is not YAML, repeats a key or has an alias
     */
    public static YamlNode read(Path file) {
        try {
            return read(file.toString(), FileContents.text(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new ConfigException(file.toString(), "there is no such file");
        } catch (CharacterCodingException e) {
            throw new ConfigException(file.toString(), "not UTF-8");
        } catch (IOException e) {
            throw new ConfigException(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /**
     * Reads a text of one mapping; an empty one is an empty mapping.
     *
     * @param file its name, for messages
     * @throws ConfigException it is not YAML, repeats a key or has an alias
     */
    public static YamlNode read(String file, String text) {
        try (YAMLParser yaml = YAMLFactory.builder().build().createParser(text)) {
            JsonToken first = yaml.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                return new YamlNode(file, Map.of());
            }
            YamlNode root = read(file, line(yaml), "the file", yaml);
            if (yaml.nextToken() != null) {
                throw new ConfigException(file + ":" + line(yaml), "expected one YAML document, not several");
            }
            return root;
        } catch (JsonProcessingException e) {
            YamlFault fault = YamlFault.of(e);
            throw new ConfigException(file + ":" + fault.line(), fault.text());
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot fail to be read", e);
        }
    }

    private static YamlNode read(String file, int line, String name, YAMLParser yaml) throws IOException {
        String where = file + ":" + line;
        if (yaml.isCurrentAlias()) {
            throw new ConfigException(where, name + " is an alias; write the value itself");
        }
        return new YamlNode(
                where,
                switch (yaml.currentToken()) {
                    case START_OBJECT -> readMapping(file, yaml);
                    case START_ARRAY -> readList(file, name, yaml);
                    case VALUE_NULL -> "";
                    case VALUE_EMBEDDED_OBJECT -> throw new ConfigException(where, name + " needs a text, not bytes");
                    default -> yaml.getText();
                });
    }

    private static Map<String, YamlNode> readMapping(String file, YAMLParser yaml) throws IOException {
        Map<String, YamlNode> mapping = new LinkedHashMap<>();
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            String key = yaml.currentName();
            int line = line(yaml);
            yaml.nextToken();
            if (mapping.put(key, read(file, line, key, yaml)) != null) {
                throw new ConfigException(file + ":" + line, "the key " + key + " stands here for the second time");
            }
        }
        return mapping;
    }

    private static List<YamlNode> readList(String file, String name, YAMLParser yaml) throws IOException {
        List<YamlNode> list = new ArrayList<>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(file, line(yaml), name, yaml));
        }
        return list;
    }

    private static int line(YAMLParser yaml) {
        return yaml.currentTokenLocation().getLineNr();
    }

    /** A complaint about this value. */
    public ConfigException wrong(String reason) {
        return new ConfigException(where + ": " + reason);
    }

    /** @throws ConfigException it is not a single value */
    public String text() {
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw wrong("expected a single value");
    }

    /**
     * A single value that may be empty.
     *
     * @throws ConfigException it is not a single value
     */
    public String textOrEmpty() {
        if (value instanceof String text) {
            return text;
        }
        throw wrong("expected a single value");
    }

    /** @throws ConfigException it is not a list */
    public List<YamlNode> list() {
        if (value instanceof List<?> list) {
            return list.stream().map(YamlNode.class::cast).toList();
        }
        throw wrong("expected a list");
    }

    /** @throws ConfigException it is not a mapping */
    public Map<String, YamlNode> mapping() {
        if (value instanceof Map<?, ?> mapping) {
            Map<String, YamlNode> copy = new LinkedHashMap<>();
            mapping.forEach((key, node) -> copy.put((String) key, (YamlNode) node));
            return copy;
        }
        throw wrong("expected keys with values");
    }

    /**
     * A mapping that has none but these keys.
     *
     * @throws ConfigException it is not a mapping, or has another key
     */
    public Map<String, YamlNode> mapping(Set<String> known) {
        Map<String, YamlNode> mapping = mapping();
        mapping.forEach((key, node) -> {
            if (!known.contains(key)) {
                throw node.wrong("unknown key " + key + "; known are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        });
        return mapping;
    }
}
