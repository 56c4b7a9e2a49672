package io.promgres.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads a YAML file of nested mappings into dotted keys, each with the line where it stands.
 *
 * <p>Read token by token and not as a tree, because a tree has neither lines nor duplicate keys.
 */
final class ConfigFile {

    private final Path file;
    private final YAMLParser yaml;
    private final Set<String> keys;
    private final Set<String> inline;
    private final Set<String> lists;
    private final Set<String> sections = new HashSet<>();
    private final Map<String, Origin> found = new LinkedHashMap<>();

    private ConfigFile(Path file, YAMLParser yaml) {
        this.file = file;
        this.yaml = yaml;
        this.keys = names(key -> true);
        this.inline = names(key -> key.setting().inline());
        this.lists = names(Key::isList);
        for (String key : keys) {
            for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
                sections.add(key.substring(0, dot));
            }
        }
    }

    /** @throws ConfigException the file cannot be read, is not YAML, or has an unknown, repeated or misplaced key */
    static Map<String, Origin> read(Path file) {
        try (YAMLParser yaml =
                YAMLFactory.builder().build().createParser(FileContents.text(file, StandardCharsets.UTF_8))) {
            ConfigFile reader = new ConfigFile(file, yaml);
            reader.readDocument();
            return reader.found;
        } catch (JsonProcessingException e) {
            YamlFault fault = YamlFault.of(e);
            throw new ConfigException(file + ":" + fault.line(), fault.text());
        } catch (NoSuchFileException e) {
            throw new ConfigException(file.toString(), "there is no such file");
        } catch (MalformedInputException e) {
            throw new ConfigException(file.toString(), "not UTF-8");
        } catch (IOException e) {
            throw new ConfigException(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    private void readDocument() throws IOException {
        JsonToken first = yaml.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw wrong("expected keys with values, such as listen: 127.0.0.1:9201");
        }
        readMapping("", new HashSet<>());
        if (yaml.nextToken() != null) {
            throw wrong("expected one YAML document, not several");
        }
    }

    private void readMapping(String prefix, Set<String> seen) throws IOException {
        while (yaml.nextToken() == JsonToken.FIELD_NAME) {
            String key = prefix + yaml.currentName();
            if (!keys.contains(key) && !sections.contains(key)) {
                throw wrong("unknown key " + key + Suggestion.ofKey(key, names()));
            }
            if (!seen.add(key)) {
                throw wrong("the key " + key + " stands here for the second time");
            }
            readValue(key);
        }
    }

    private void readValue(String key) throws IOException {
        String where = here() + key;
        JsonToken token = yaml.nextToken();
        if (sections.contains(key)) {
            readSection(key, token);
        } else if (token == JsonToken.START_OBJECT && inline.contains(key)) {
            yaml.skipChildren();
            found.put(key, new Origin(file.toString(), where));
        } else if (token == JsonToken.START_ARRAY && lists.contains(key)) {
            put(key, readList(key), where);
        } else if (!token.isScalarValue() || token == JsonToken.VALUE_EMBEDDED_OBJECT) {
            throw wrong(key + " needs a single value");
        } else if (yaml.isCurrentAlias()) {
            throw wrong(key + " is an alias; write the value itself");
        } else if (isEmpty(token)) {
            throw wrong(key + " has no value; leave the key out for its default");
        } else {
            put(key, yaml.getText(), where);
        }
    }

    private void put(String key, String text, String where) {
        if (found.put(key, new Origin(text, where)) != null) {
            throw wrong("the key " + key + " stands here for the second time");
        }
    }

    /** The items of a YAML list, separated by commas. */
    private String readList(String key) throws IOException {
        List<String> items = new ArrayList<>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            if (!yaml.currentToken().isScalarValue() || yaml.getText().contains(",")) {
                throw wrong(key + " needs a list of single values");
            }
            items.add(yaml.getText());
        }
        return String.join(",", items);
    }

    /** A section whose keys are all commented out is empty, and as good as absent. */
    private void readSection(String key, JsonToken token) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            readMapping(key + ".", new HashSet<>());
        } else if (!isEmpty(token)) {
            throw wrong(key + " is a section and needs keys below it, not a value");
        }
    }

    private boolean isEmpty(JsonToken token) throws IOException {
        return token == JsonToken.VALUE_NULL
                || token == JsonToken.VALUE_STRING && yaml.getText().isEmpty();
    }

    private static Set<String> names(Predicate<Key> which) {
        return Key.all().stream().filter(which).map(Key::name).collect(Collectors.toSet());
    }

    private List<String> names() {
        return Key.all().stream().map(Key::name).toList();
    }

    private ConfigException wrong(String reason) {
        return new ConfigException(here() + reason);
    }

    private String here() {
        return file + ":" + yaml.currentTokenLocation().getLineNr() + ": ";
    }
}
