package io.promgres.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Bearer tokens by the SHA-256 of their text. A fast hash is right for them and wrong for passwords: a token is random,
 * and cannot be guessed. Thread-safe.
 */
final class Tokens {

    private final Map<String, List<byte[]>> hashes;

    /** @param hashes SHA-256 of the tokens of each name; several, while one takes the place of another */
    Tokens(Map<String, List<byte[]>> hashes) {
        this.hashes = Map.copyOf(hashes);
    }

    boolean isEmpty() {
        return hashes.isEmpty();
    }

    /** In order. */
    Set<String> names() {
        return new TreeSet<>(hashes.keySet());
    }

    /** Whose token this is, or null. Looks at every hash, so that the time it takes says nothing. */
    String owner(String token) {
        byte[] presented = sha256(token);
        String owner = null;
        for (Map.Entry<String, List<byte[]>> entry : hashes.entrySet()) {
            for (byte[] hash : entry.getValue()) {
                if (MessageDigest.isEqual(hash, presented)) {
                    owner = entry.getKey();
                }
            }
        }
        return owner;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
