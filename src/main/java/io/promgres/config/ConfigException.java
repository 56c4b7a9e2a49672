package io.promgres.config;

/** The configuration is wrong. The message is one line for the user: where it is wrong, and why. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    ConfigException(String where, String reason) {
        super(where + ": " + reason);
    }
}
