package io.promgres.access;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides from the Authorization header whether a request goes on. {@link #check} is for an event loop; what it leaves
 * {@link Verdict#UNDECIDED}, {@link #decide} finds out on a thread that may take its time. Thread-safe.
 */
public final class Authenticator {

    private static final String REALM = "realm=\"promgres\"";

    private final Passwords passwords;
    private final Tokens tokens;
    private final Map<RouteGroup, Grant> grants;

    /** @param grants of every group */
    Authenticator(Passwords passwords, Tokens tokens, Map<RouteGroup, Grant> grants) {
        this.passwords = passwords;
        this.tokens = tokens;
        this.grants = new EnumMap<>(grants);
    }

    /** One that admits every client. */
    public static Authenticator open() {
        Map<RouteGroup, Grant> grants = new EnumMap<>(RouteGroup.class);
        for (RouteGroup group : RouteGroup.values()) {
            grants.put(group, Grant.ANYONE);
        }
        return new Authenticator(new Passwords(Map.of()), new Tokens(Map.of()), grants);
    }

    /** Whether there is any user or token. */
    public boolean authenticates() {
        return !passwords.isEmpty() || !tokens.isEmpty();
    }

    /** A user that may use a group of routes, the first that is configured; empty where every client may. */
    public Optional<String> userOf(RouteGroup group) {
        return namedIn(group, passwords.users());
    }

    /** As {@link #userOf}, the name of a token. */
    public Optional<String> tokenOf(RouteGroup group) {
        return namedIn(group, tokens.names());
    }

    private Optional<String> namedIn(RouteGroup group, Set<String> names) {
        Grant grant = grants.get(group);
        return grant.who() == Grant.Who.ANYONE
                ? Optional.empty()
                : names.stream().filter(grant::includes).findFirst();
    }

    /** The values of WWW-Authenticate that go with 401 (RFC 9110, 11.6.1): one for each scheme that is in use. */
    public List<String> challenges() {
        List<String> challenges = new ArrayList<>(2);
        if (!passwords.isEmpty()) {
            challenges.add("Basic " + REALM + ", charset=\"UTF-8\"");
        }
        if (!tokens.isEmpty()) {
            challenges.add("Bearer " + REALM);
        }
        return challenges;
    }

    /**
     * What can be said at once.
     *
     * @param authorization the header's value, empty if there is none
     */
    public Verdict check(RouteGroup group, String authorization) {
        return judge(
                group,
                authorization,
                (user, password) -> passwords
                        .remembered(user, password)
                        .map(isRight -> isRight ? verdict(group, user) : Verdict.UNAUTHENTICATED)
                        .orElse(Verdict.UNDECIDED));
    }

    /** As {@link #check}, but never undecided: may take a tenth of a second of processor time. */
    public Verdict decide(RouteGroup group, String authorization) {
        return judge(
                group,
                authorization,
                (user, password) -> passwords.isRight(user, password) ? verdict(group, user) : Verdict.UNAUTHENTICATED);
    }

    private interface Judge {
        Verdict of(String user, byte[] password);
    }

    private Verdict judge(RouteGroup group, String authorization, Judge judge) {
        if (grants.get(group).who() == Grant.Who.ANYONE) {
            return Verdict.GRANTED;
        }
        int blank = authorization.indexOf(' ');
        if (blank < 0) {
            return Verdict.UNAUTHENTICATED;
        }
        String credentials = authorization.substring(blank + 1).strip();
        return switch (authorization.substring(0, blank).toLowerCase(Locale.ROOT)) {
            case "basic" -> passwords.isEmpty() ? Verdict.UNAUTHENTICATED : basic(credentials, judge);
            case "bearer" -> bearer(group, credentials);
            default -> Verdict.UNAUTHENTICATED;
        };
    }

    private Verdict bearer(RouteGroup group, String token) {
        String owner = tokens.owner(token);
        return owner == null ? Verdict.UNAUTHENTICATED : verdict(group, owner);
    }

    // RFC 7617: base64 of user, colon, password, in UTF-8.
    private static Verdict basic(String credentials, Judge judge) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(credentials);
        } catch (IllegalArgumentException e) {
            return Verdict.UNAUTHENTICATED;
        }
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        if (colon == decoded.length) {
            return Verdict.UNAUTHENTICATED;
        }
        String user = new String(decoded, 0, colon, StandardCharsets.UTF_8);
        return judge.of(user, Arrays.copyOfRange(decoded, colon + 1, decoded.length));
    }

    private Verdict verdict(RouteGroup group, String name) {
        return grants.get(group).includes(name) ? Verdict.GRANTED : Verdict.FORBIDDEN;
    }
}
