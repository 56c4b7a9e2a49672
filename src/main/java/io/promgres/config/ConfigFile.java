package io.promgres.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Flattens a YAML file of nested mappings into dotted keys, each with the line where it stands. */
final class ConfigFile {

    private final Path file;
    private final Set<String> keys = names(key -> true);
    private final Set<String> inline = names(key -> key.setting().inline());
    private final Set<String> lists = names(Key::isList);
    private final Set<String> sections = new HashSet<>();
    private final Map<String, Origin> found = new LinkedHashMap<>();

    private ConfigFile(Path file) {
        this.file = file;
        for (String key : keys) {
            for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
                sections.add(key.substring(0, dot));
            }
        }
    }

    /** @throws ConfigException the file cannot be read, is not YAML, or has an unknown, repeated or misplaced key */
    static Map<String, Origin> read(Path file) {
        YamlNode root = YamlNode.read(file);
        if (!(root.value() instanceof Map)) {
            throw root.wrong("expected keys with values, such as listen: 127.0.0.1:9201");
        }
        ConfigFile reader = new ConfigFile(file);
        reader.flatten("", root);
        return reader.found;
    }

    private void flatten(String prefix, YamlNode section) {
        section.mapping().forEach((name, node) -> {
            String key = prefix + name;
            if (sections.contains(key)) {
                flattenSection(key, node);
            } else if (keys.contains(key)) {
                put(key, text(key, node), node);
            } else {
                throw node.wrong("unknown key " + key
                        + Suggestion.ofKey(
                                key, Key.all().stream().map(Key::name).toList()));
            }
        });
    }

    /** A section whose keys are all commented out is empty, and as good as absent. */
    private void flattenSection(String key, YamlNode node) {
        if (node.value() instanceof Map) {
            flatten(key + ".", node);
        } else if (!node.value().equals("")) {
            throw node.wrong(key + " is a section and needs keys below it, not a value");
        }
    }

    private String text(String key, YamlNode node) {
        if (node.value() instanceof Map && inline.contains(key)) {
            return file.toString();
        }
        if (node.value() instanceof List && lists.contains(key)) {
            return String.join(
                    ",", node.list().stream().map(item -> item(key, item)).toList());
        }
        if (!(node.value() instanceof String text)) {
            throw node.wrong(key + " needs a single value");
        }
        if (text.isEmpty()) {
            throw node.wrong(key + " has no value; leave the key out for its default");
        }
        return text;
    }

    private static String item(String key, YamlNode item) {
        if (item.value() instanceof String text && !text.contains(",")) {
            return text;
        }
        throw item.wrong(key + " needs a list of single values");
    }

    private void put(String key, String text, YamlNode node) {
        if (found.put(key, new Origin(text, node.where() + ": " + key)) != null) {
            throw node.wrong("the key " + key + " stands here for the second time");
        }
    }

    private static Set<String> names(Predicate<Key> which) {
        return Key.all().stream().filter(which).map(Key::name).collect(Collectors.toSet());
    }
}
