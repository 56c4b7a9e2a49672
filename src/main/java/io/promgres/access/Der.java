package io.promgres.access;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * As much of DER (ITU-T X.690) as it takes to put a private key of OpenSSL's older forms, PKCS #1 and SEC 1, into PKCS #8
 * (RFC 5208), the only one that Java reads.
 */
final class Der {

    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xa0;
    private static final byte[] VERSION_0 = {INTEGER, 1, 0};
    /** rsaEncryption, 1.2.840.113549.1.1.1, and NULL. */
    private static final byte[] RSA = bytes("06092a864886f70d0101010500");
    /** id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = bytes("06072a8648ce3d0201");

    private Der() {}

    /** @param key an RSAPrivateKey of PKCS #1 */
    static byte[] pkcs8OfRsa(byte[] key) {
        return value(SEQUENCE, VERSION_0, value(SEQUENCE, RSA), value(OCTET_STRING, key));
    }

    /**
     * @param key an ECPrivateKey of SEC 1
     * @throws IllegalArgumentException it does not name its curve
     */
    static byte[] pkcs8OfEc(byte[] key) {
        return value(SEQUENCE, VERSION_0, value(SEQUENCE, EC, curve(key)), value(OCTET_STRING, key));
    }

    private static byte[] curve(byte[] key) {
        try {
            ByteBuffer in = ByteBuffer.wrap(key);
            in.get();
            in.limit(length(in) + in.position());
            while (in.hasRemaining()) {
                int tag = in.get() & 0xff;
                byte[] content = new byte[length(in)];
                in.get(content);
                if (tag == PARAMETERS) {
                    return content;
                }
            }
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("it ends too early", e);
        }
        throw new IllegalArgumentException("it does not name its curve");
    }

    private static int length(ByteBuffer in) {
        int first = in.get() & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | in.get() & 0xff;
        }
        if (length > in.remaining()) {
            throw new IllegalArgumentException("it ends too early");
        }
        return length;
    }

    private static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        writeLength(out, content.size());
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
            return;
        }
        byte[] bytes = BigInteger.valueOf(length).toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        out.write(0x80 | bytes.length - from);
        out.write(bytes, from, bytes.length - from);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
