package io.promgres.testing;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Passwords and tokens, and what a web config file says of them. */
public final class Credentials {

    /** The least that bcrypt takes: a millisecond. */
    private static final int COST = 4;

    private Credentials() {}

    /** The value of an Authorization header. */
    public static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** A line below basic_auth_users. */
    public static String user(String name, String password) {
        return "  " + name + ": '" + BCrypt.withDefaults().hashToString(COST, password.toCharArray()) + "'\n";
    }

    /** What the file of a token has. */
    public static String tokenFile(String token) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash) + "\n";
    }
}
