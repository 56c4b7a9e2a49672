package io.promgres.cli;

import io.promgres.config.ConfigLoader;
import io.promgres.config.Key;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options that are configuration keys, as the keys declare them, and {@code --config}. */
public final class ConfigOptions {

    private static final String FILE = "--config";

    private ConfigOptions() {}

    /** @param without keys that mean nothing to this command */
    public static void addTo(CommandSpec command, Set<String> without) {
        command.addOption(OptionSpec.builder(FILE)
                .paramLabel("FILE")
                .type(Path.class)
                .description("Configuration file; config/promgres.yaml has every key.", "  env: PROMGRES_CONFIG")
                .build());
        ConfigLoader.options().stream()
                .filter(key -> !without.contains(key.name()))
                .forEach(key -> command.addOption(option(key)));
    }

    private static OptionSpec option(Key key) {
        String meaning = String.join(" ", key.setting().meaning());
        String standard = "  default: " + key.defaultText() + ", env: " + key.environmentVariable();
        OptionSpec.Builder option = OptionSpec.builder("--" + key.name()).description(meaning, standard);
        return key.isSwitch()
                ? option.negatable(true)
                        .type(Boolean.class)
                        .arity("0")
                        .fallbackValue("true")
                        .build()
                : option.type(String.class).paramLabel(key.setting().option()).build();
    }

    /** @throws io.promgres.config.ConfigException the configuration is wrong */
    static ConfigLoader load(ParseResult parsed) {
        Map<String, String> values = new HashMap<>();
        for (Key key : ConfigLoader.options()) {
            Object value = parsed.matchedOptionValue("--" + key.name(), null);
            if (value != null) {
                values.put(key.name(), value.toString());
            }
        }
        return ConfigLoader.load(Optional.ofNullable(parsed.matchedOptionValue(FILE, null)), values);
    }
}
