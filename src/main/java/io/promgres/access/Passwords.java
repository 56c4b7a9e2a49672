package io.promgres.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Users and their bcrypt-hashed passwords. What bcrypt said is remembered, because it takes a tenth of a second: for each
 * user the password that was right, and the last thousand that were wrong; both as a MAC under a key that dies with this
 * object, so that memory holds no password. Thread-safe.
 */
final class Passwords {

    private static final Pattern BCRYPT = Pattern.compile("\\$2[abxy]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

    /** One more doubles the time of a check: 4 is a millisecond, 10 a tenth of a second, 16 some seconds. */
    private static final int LEAST_COST = 4;

    private static final int MOST_COST = 16;

    private static final int MOST_WRONG_REMEMBERED = 1_000;
    private static final int KEY_BYTES = 32;
    private static final String MAC = "HmacSHA256";
    private static final BCrypt.Verifyer BCRYPT_CHECK =
            BCrypt.verifyer(BCrypt.Version.VERSION_2A, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A));

    private final Map<String, byte[]> hashes = new LinkedHashMap<>();
    private final byte[] costliest;
    private final SecretKeySpec key = randomKey();
    private final Map<String, byte[]> right = new ConcurrentHashMap<>();
    private final Set<ByteBuffer> wrong =
            Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
                    return size() > MOST_WRONG_REMEMBERED;
                }
            }));

    /** @param hashes for each user, as {@link #isHash} takes them */
    Passwords(Map<String, String> hashes) {
        hashes.forEach((user, hash) -> this.hashes.put(user, hash.getBytes(StandardCharsets.US_ASCII)));
        costliest = hashes.values().stream()
                .max(Comparator.comparingInt(Passwords::cost))
                .map(hash -> hash.getBytes(StandardCharsets.US_ASCII))
                .orElse(new byte[0]);
    }

    /** Whether this is a bcrypt hash of a cost that can be checked in time. */
    static boolean isHash(String text) {
        int cost = cost(text);
        return cost >= LEAST_COST && cost <= MOST_COST;
    }

    /** In the order of the file. */
    Set<String> users() {
        return hashes.keySet();
    }

    boolean isEmpty() {
        return hashes.isEmpty();
    }

    /** What is remembered of this password, empty if nothing is. Takes microseconds. */
    Optional<Boolean> remembered(String user, byte[] password) {
        byte[] mac = mac(user, password);
        byte[] known = right.get(user);
        if (known != null && MessageDigest.isEqual(known, mac)) {
            return Optional.of(true);
        }
        return wrong.contains(ByteBuffer.wrap(mac)) ? Optional.of(false) : Optional.empty();
    }

    /** Whether this is the user's password. Takes as long for a user that does not exist. */
    boolean isRight(String user, byte[] password) {
        // Many requests may have waited for the same answer.
        return remembered(user, password).orElseGet(() -> check(user, password));
    }

    private boolean check(String user, byte[] password) {
        byte[] hash = hashes.get(user);
        boolean verified = BCRYPT_CHECK.verify(password, hash == null ? costliest : hash).verified;
        boolean isRight = verified && hash != null;
        byte[] mac = mac(user, password);
        if (isRight) {
            right.put(user, mac);
        } else {
            wrong.add(ByteBuffer.wrap(mac));
        }
        return isRight;
    }

    private byte[] mac(String user, byte[] password) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            mac.update(user.getBytes(StandardCharsets.UTF_8));
            // No byte of UTF-8, so that no other user and password give the same bytes.
            mac.update((byte) 0xff);
            return mac.doFinal(password);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }

    private static SecretKeySpec randomKey() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new SecretKeySpec(bytes, MAC);
    }

    private static int cost(String hash) {
        Matcher matcher = BCRYPT.matcher(hash);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }
}
