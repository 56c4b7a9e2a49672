package io.promgres.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the value of every key: on the command line, else in the environment, else in the file, else its default.
 *
 * <p>Anything wrong is a {@link ConfigException} that says where and why: nothing is repaired or overlooked, not even a
 * key or a {@code PROMGRES_} variable that does not exist.
 */
public final class ConfigLoader {

    static final String ENVIRONMENT_PREFIX = "PROMGRES_";

    /** Names the file, when no {@code --config} does. */
    static final String FILE_VARIABLE = ENVIRONMENT_PREFIX + "CONFIG";

    /**
     * Kubernetes (and Docker links) put these into every container for a service that is called promgres or promgres-…;
     * they are not meant for us.
     */
    private static final Pattern SERVICE_VARIABLE = Pattern.compile(
            "PROMGRES_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private final Map<String, Origin> values = new HashMap<>();

    private ConfigLoader() {}

    /**
     * @param file the file that the command line names
     * @param options what the command line sets: key and text
     * @throws ConfigException see there
     */
    public static ConfigLoader load(Optional<Path> file, Map<String, String> options) {
        return load(file, options, System.getenv());
    }

    static ConfigLoader load(Optional<Path> file, Map<String, String> options, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader();
        file.or(() -> Optional.ofNullable(environment.get(FILE_VARIABLE)).map(Path::of))
                .ifPresent(path -> loader.values.putAll(ConfigFile.read(path)));
        loader.addEnvironment(environment);
        options.forEach((key, text) -> loader.values.put(key, new Origin(text, "--" + key)));
        loader.config();
        return loader;
    }

    /** The configuration as a value. */
    public Config config() {
        return (Config) build("", Config.class);
    }

    /**
     * The effective configuration as a YAML file with comments, passwords as {@code ***}. With nothing set it is
     * {@code config/promgres.yaml}.
     */
    public String print() {
        return ConfigPrinter.print(key -> key.shown(origin(key).text()));
    }

    private void addEnvironment(Map<String, String> environment) {
        Map<String, Key> known = new HashMap<>();
        Key.all().forEach(key -> known.put(key.environmentVariable(), key));
        environment.forEach((variable, text) -> {
            Key key = known.get(variable);
            if (isOfService(variable, text)) {
                return;
            }
            if (key != null) {
                values.put(key.name(), new Origin(text, "environment variable " + variable));
            } else if (variable.startsWith(ENVIRONMENT_PREFIX) && !variable.equals(FILE_VARIABLE)) {
                throw new ConfigException(
                        "environment variable " + variable,
                        "there is no such setting"
                                + Suggestion.of(
                                        variable,
                                        Stream.concat(known.keySet().stream(), Stream.of(FILE_VARIABLE))
                                                .toList()));
            }
        });
    }

    /** A service promgres-db makes a PROMGRES_DB_PORT that is tcp://10.0.0.1:5432, and no port of ours. */
    private static boolean isOfService(String variable, String text) {
        boolean ours =
                Key.all().stream().anyMatch(key -> key.environmentVariable().equals(variable));
        return SERVICE_VARIABLE.matcher(variable).matches() && (!ours || text.contains("://"));
    }

    private Origin origin(Key key) {
        return values.getOrDefault(key.name(), new Origin(key.defaultText(), "default of " + key.name()));
    }

    private Object build(String prefix, Class<?> record) {
        RecordComponent[] components = record.getRecordComponents();
        Object[] arguments = Arrays.stream(components)
                .map(component -> argument(prefix + Key.hyphenated(component.getName()), component))
                .toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return record.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw new ConfigException(prefix + "*", wrong.getMessage());
            }
            throw new IllegalStateException("cannot make a " + record, e);
        }
    }

    private Object argument(String name, RecordComponent component) {
        if (component.getAnnotation(Setting.class) == null) {
            return build(Key.prefixBelow(name, component), component.getType());
        }
        Object value = value(Key.of(name, component));
        boolean wrap = component.getType() == Optional.class && !(value instanceof Optional);
        return wrap ? Optional.of(value) : value;
    }

    private Object value(Key key) {
        Origin origin = origin(key);
        try {
            return key.parse(origin.text());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(origin.where(), e.getMessage());
        }
    }

    /** The keys that are options of the command line. */
    public static List<Key> options() {
        return Key.all().stream()
                .filter(key -> !key.setting().option().isEmpty())
                .toList();
    }
}
