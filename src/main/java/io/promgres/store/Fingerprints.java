package io.promgres.store;

import io.promgres.model.LabelSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Makes numbers of label sets that are the same wherever and whenever they are made. Not thread-safe. */
final class Fingerprints {

    /** What a JSON number keeps. */
    private static final long MASK = (1L << 53) - 1;

    private static final List<String> TARGET = List.of("__tenant__", "job", "instance");

    private static final byte END = (byte) 0xff;

    private final MessageDigest digest = sha256();

    /**
     * The first 53 bits of the SHA-256 of the sorted names and values, each with a 0xff behind, which UTF-8 never has. Above
     * 0.
     */
    long of(LabelSet labels) {
        for (int i = 0; i < labels.size(); i++) {
            add(labels.name(i));
            add(labels.value(i));
        }
        return Math.max(1, ByteBuffer.wrap(digest.digest()).getLong() & MASK);
    }

    /** The id that a series gets, unless another one has it. */
    long id(LabelSet labels, boolean bucketed) {
        long all = of(labels);
        return bucketed ? Buckets.seriesId(all, ofTarget(labels)) : all;
    }

    /** The same of tenant, job and instance. */
    private long ofTarget(LabelSet labels) {
        for (String name : TARGET) {
            add(labels.value(name));
        }
        return ByteBuffer.wrap(digest.digest()).getLong() & MASK;
    }

    private void add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update(END);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
