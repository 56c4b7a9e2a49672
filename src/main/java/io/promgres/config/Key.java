package io.promgres.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A configuration key, as its record component declares it.
 *
 * @param name dotted, in lower case with hyphens: {@code ingest.max-body-bytes}
 * @param type the type of the component, or of what is in it if it is optional; one that {@link Values} reads
 * @param setting the declaration
 */
public record Key(String name, Class<?> type, Setting setting) {

    private static final List<Key> ALL = List.copyOf(collect("", Config.class));

    /** Every key, in the order of the file. */
    public static List<Key> all() {
        return ALL;
    }

    /** The environment variable: {@code PROMGRES_INGEST_MAX_BODY_BYTES}. */
    public String environmentVariable() {
        return ConfigLoader.ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** The value in force when nothing sets the key. */
    public String defaultText() {
        return setting.unset() == SpecialValue.NONE
                ? setting.value()
                : setting.unset().word();
    }

    /** Whether the key is a switch, an option without a parameter. */
    public boolean isSwitch() {
        return type == boolean.class;
    }

    /** Whether the value is several ones, separated by commas: a file may have a YAML list instead. */
    boolean isList() {
        return type == List.class
                || type == NameList.class
                || type == TablePrefixes.class
                || type == PromqlFeatures.class
                || type == RollupList.class;
    }

    /** The text as it may be shown: without a password. */
    String shown(String text) {
        if (type == DatabaseList.class) {
            return DatabaseList.parse(text).toString();
        }
        boolean secret = type == DatabaseUri.class && !setting.unset().isWord(text);
        return secret ? DatabaseUri.parse(text).toString() : text;
    }

    /**
     * Reads a value and holds it against the limits.
     *
     * @throws IllegalArgumentException says what is wrong, without the name of the key
     */
    Object parse(String text) {
        if (setting.unset().isWord(text)) {
            return setting.unset().resolve();
        }
        Object value = Values.parse(type, text);
        if (!setting.min().isEmpty() && compare(value, setting.min()) < 0) {
            throw new IllegalArgumentException(text + " is less than " + setting.min());
        }
        if (!setting.max().isEmpty() && compare(value, setting.max()) > 0) {
            throw new IllegalArgumentException(text + " is more than " + setting.max());
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private int compare(Object value, String limit) {
        return ((Comparable<Object>) value).compareTo(Values.parse(type, limit));
    }

    private static List<Key> collect(String prefix, Class<?> record) {
        List<Key> keys = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            keys.addAll(collect(prefix, component));
        }
        return keys;
    }

    private static List<Key> collect(String prefix, RecordComponent component) {
        String name = prefix + hyphenated(component.getName());
        return component.getAnnotation(Setting.class) == null
                ? collect(prefixBelow(name, component), component.getType())
                : List.of(of(name, component));
    }

    /** The key that a component with a {@link Setting} declares. */
    static Key of(String name, RecordComponent component) {
        Class<?> type = component.getType();
        if (type == Optional.class) {
            type = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
        }
        return new Key(name, type, component.getAnnotation(Setting.class));
    }

    /** What the names of the keys in a record begin with, whose component has this name. */
    static String prefixBelow(String name, RecordComponent component) {
        return name + (component.isAnnotationPresent(Flattened.class) ? "-" : ".");
    }

    /** {@code maxBodyBytes} becomes {@code max-body-bytes}. */
    static String hyphenated(String componentName) {
        return componentName.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
