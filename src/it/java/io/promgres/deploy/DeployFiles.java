package io.promgres.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.promgres.config.Config;
import io.promgres.config.ConfigLoader;
import io.promgres.config.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files below deploy. */
final class DeployFiles {

    static final Path DIRECTORY = Path.of("deploy");

    private static final Pattern VARIABLE = Pattern.compile("\\bPROMGRES_[A-Z_]+\\b");

    private DeployFiles() {}

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    static JsonNode yaml(String file) throws IOException {
        return new YAMLMapper().readTree(DIRECTORY.resolve(file).toFile());
    }

    static JsonNode parsed(Path file) throws IOException {
        return (file.toString().endsWith(".json") ? new ObjectMapper() : new YAMLMapper()).readTree(file.toFile());
    }

    /** The names of settings that a file has, in comments too. */
    static Set<String> variables(Path file) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher names = VARIABLE.matcher(Files.readString(file));
        while (names.find()) {
            found.add(names.group());
        }
        return found;
    }

    /** The configuration that environment variables make; fails where promgres would. Others than ours are left out. */
    static Config config(Map<String, String> environment) {
        Map<String, String> options = new HashMap<>();
        for (Key key : Key.all()) {
            Optional.ofNullable(environment.get(key.environmentVariable()))
                    .ifPresent(text -> options.put(key.name(), text));
        }
        return ConfigLoader.load(Optional.empty(), options).config();
    }
}
