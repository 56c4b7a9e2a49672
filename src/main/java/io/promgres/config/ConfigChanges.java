package io.promgres.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** What differs between two configurations. */
public final class ConfigChanges {

    private ConfigChanges() {}

    /** The keys that differ, without those that a reload puts in force. */
    public static List<String> needRestart(Config inForce, Config next) {
        List<String> keys = new ArrayList<>();
        collect("", inForce, next, keys);
        return keys;
    }

    private static void collect(String prefix, Object old, Object next, List<String> keys) {
        for (RecordComponent component : old.getClass().getRecordComponents()) {
            String name = prefix + Key.hyphenated(component.getName());
            Setting setting = component.getAnnotation(Setting.class);
            Object before = value(component, old);
            Object after = value(component, next);
            if (setting == null) {
                collect(Key.prefixBelow(name, component), before, after, keys);
            } else if (!setting.reload() && !before.equals(after)) {
                keys.add(name);
            }
        }
    }

    private static Object value(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
