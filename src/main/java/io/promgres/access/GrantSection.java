package io.promgres.access;

import io.promgres.config.YamlNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads promgres.allow: who may use which group of routes. */
final class GrantSection {

    private static final String ANYONE = "anyone";
    private static final String AUTHENTICATED = "authenticated";

    private GrantSection() {}

    /** @param names of all users and tokens; if there are none, there is no authentication */
    static Map<RouteGroup, Grant> read(Optional<YamlNode> node, Set<String> names) {
        Map<RouteGroup, Grant> grants = new EnumMap<>(RouteGroup.class);
        for (RouteGroup group : RouteGroup.values()) {
            boolean open = names.isEmpty() || group == RouteGroup.HEALTH;
            grants.put(group, open ? Grant.ANYONE : Grant.AUTHENTICATED);
        }
        node.ifPresent(allow ->
                allow.mapping(words()).forEach((word, who) -> grants.put(group(word), grant(who, names))));
        return grants;
    }

    private static Grant grant(YamlNode who, Set<String> names) {
        if (who.value() instanceof List) {
            return Grant.named(named(who, names));
        }
        return switch (who.text()) {
            case ANYONE -> Grant.ANYONE;
            case AUTHENTICATED -> authenticated(who, names);
            default ->
                throw who.wrong("expected " + ANYONE + ", " + AUTHENTICATED + ", or a list of names in brackets");
        };
    }

    private static Grant authenticated(YamlNode who, Set<String> names) {
        if (names.isEmpty()) {
            throw who.wrong("there is neither a user nor a token");
        }
        return Grant.AUTHENTICATED;
    }

    private static Set<String> named(YamlNode who, Set<String> names) {
        Set<String> named = new HashSet<>();
        for (YamlNode one : who.list()) {
            if (!names.contains(one.text())) {
                throw one.wrong("there is neither a user nor a token " + one.text());
            }
            named.add(one.text());
        }
        return named;
    }

    private static RouteGroup group(String word) {
        return Arrays.stream(RouteGroup.values())
                .filter(group -> group.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> words() {
        return Arrays.stream(RouteGroup.values()).map(RouteGroup::word).collect(Collectors.toSet());
    }
}
