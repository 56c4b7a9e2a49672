package io.promgres.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * Something to be shown by a browser, as a whole. Immutable as long as its bytes are not written to.
 *
 * @param contentType a media type
 * @param bytes as they are
 * @param gzipped the same bytes, compressed
 * @param tag differs where the bytes differ: what an ETag is made of, without quotes
 */
public record Resource(String contentType, byte[] bytes, byte[] gzipped, String tag) {

    private static final String JSON = "application/json; charset=utf-8";
    private static final int TAG_CHARACTERS = 24;

    public static Resource of(String contentType, byte[] bytes) {
        return new Resource(contentType, bytes, compress(bytes), digest(bytes));
    }

    /** @param bytes JSON in UTF-8 */
    public static Resource json(byte[] bytes) {
        return of(JSON, bytes);
    }

    private static byte[] compress(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash).substring(0, TAG_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
