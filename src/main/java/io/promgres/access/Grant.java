package io.promgres.access;

import java.util.Set;

/**
 * Who may use a group of routes.
 *
 * @param who how it is decided
 * @param names the users and tokens, if they are named
 */
record Grant(Who who, Set<String> names) {

    /** How it is decided whether a client may. */
    enum Who {
        /** Every client may. */
        ANYONE,
        /** Every user and every token. */
        AUTHENTICATED,
        /** The named ones. */
        NAMED
    }

    static final Grant ANYONE = new Grant(Who.ANYONE, Set.of());
    static final Grant AUTHENTICATED = new Grant(Who.AUTHENTICATED, Set.of());

    static Grant named(Set<String> names) {
        return new Grant(Who.NAMED, Set.copyOf(names));
    }

    boolean includes(String name) {
        return who != Who.NAMED || names.contains(name);
    }
}
