package io.promgres.access;

import io.promgres.config.ConfigException;
import io.promgres.config.FileContents;
import io.promgres.config.YamlNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a web config file: the form that Prometheus and its exporters share (https://prometheus.io/docs, "HTTPS and
 * authentication"), and a section {@code promgres} for what they do not have, bearer tokens and groups of routes. Files
 * that it names are relative to its directory.
 *
 * <p>Every complaint names file and line, and none has a hash or a key in it.
 */
public final class WebConfigFile {

    private static final Set<String> KEYS =
            Set.of("tls_server_config", "http_server_config", "basic_auth_users", "promgres");
    private static final String SHA_256 = "[0-9a-fA-F]{64}";
    private static final String NAME = "[^:\\p{Cntrl}]+";

    private final Path file;
    private final List<Path> files = new ArrayList<>();

    private WebConfigFile(Path file) {
        this.file = file;
        files.add(file);
    }

    /** @throws ConfigException something is wrong with it, or with a file that it names */
    public static WebConfig read(Path file) {
        return new WebConfigFile(file).read();
    }

    private WebConfig read() {
        Map<String, YamlNode> keys =
                YamlNode.read(file.toString(), text(file, "web.config-file")).mapping(KEYS);
        Optional<TlsSettings> tls = Optional.ofNullable(keys.get("tls_server_config"))
                .map(node -> new TlsSection(node, this::named).read());
        Map<String, String> headers = Optional.ofNullable(keys.get("http_server_config"))
                .map(HttpSection::headers)
                .orElse(Map.of());
        return new WebConfig(authenticator(keys), tls, headers, List.copyOf(files));
    }

    private Authenticator authenticator(Map<String, YamlNode> keys) {
        Map<String, String> users = Optional.ofNullable(keys.get("basic_auth_users"))
                .map(WebConfigFile::users)
                .orElse(Map.of());
        Map<String, YamlNode> ours = Optional.ofNullable(keys.get("promgres"))
                .map(node -> node.mapping(Set.of("bearer_tokens", "allow")))
                .orElse(Map.of());
        Map<String, List<byte[]>> tokens = Optional.ofNullable(ours.get("bearer_tokens"))
                .map(node -> tokens(node, users.keySet()))
                .orElse(Map.of());
        Set<String> names = new HashSet<>(users.keySet());
        names.addAll(tokens.keySet());
        return new Authenticator(
                new Passwords(users),
                new Tokens(tokens),
                GrantSection.read(Optional.ofNullable(ours.get("allow")), names));
    }

    private static Map<String, String> users(YamlNode node) {
        Map<String, String> users = new LinkedHashMap<>();
        node.mapping().forEach((user, hash) -> {
            checkName(user, hash);
            if (!Passwords.isHash(hash.text())) {
                throw hash.wrong("the password of " + user + " is not a bcrypt hash of cost 4 to 16"
                        + " (as htpasswd -nBC 10 \"\" makes it)");
            }
            users.put(user, hash.text());
        });
        return users;
    }

    private Map<String, List<byte[]>> tokens(YamlNode node, Set<String> users) {
        Map<String, List<byte[]>> tokens = new LinkedHashMap<>();
        node.mapping().forEach((name, tokenFile) -> {
            checkName(name, tokenFile);
            if (users.contains(name)) {
                throw tokenFile.wrong(name + " is a user and a token; give them different names");
            }
            tokens.put(name, hashes(tokenFile));
        });
        return tokens;
    }

    private List<byte[]> hashes(YamlNode node) {
        Path tokenFile = named(node);
        List<String> lines = text(tokenFile, node.where() + ": bearer_tokens")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (lines.isEmpty() || !lines.stream().allMatch(line -> line.matches(SHA_256))) {
            throw node.wrong("the file " + tokenFile + " must have a SHA-256 in 64 hex digits on each line");
        }
        return lines.stream().map(HexFormat.of()::parseHex).toList();
    }

    private static void checkName(String name, YamlNode node) {
        if (!name.matches(NAME)) {
            throw node.wrong("a name has at least one character, and neither a colon nor a control character");
        }
    }

    private Path named(YamlNode node) {
        Path path = file.toAbsolutePath().resolveSibling(node.text());
        files.add(path);
        return path;
    }

    /** @throws ConfigException it is neither true nor false */
    static boolean bool(YamlNode node) {
        return switch (node.text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw node.wrong("expected true or false");
        };
    }

    private static String text(Path path, String where) {
        try {
            return FileContents.text(path, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigException(where + ": the file " + path + " does not exist");
        } catch (IOException e) {
            throw new ConfigException(where + ": the file " + path + " cannot be read: "
                    + e.getClass().getSimpleName());
        }
    }
}
