package io.promgres.access;

import io.promgres.config.ConfigException;
import io.promgres.config.FileContents;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and private keys from PEM files (RFC 7468). A complaint names what named the file, and the
 * PEM file, and never says what is in it.
 */
public final class PemFile {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private record Block(String type, byte[] content) {}

    private final String where;
    private final Path file;

    /** @param where what named the file, for complaints */
    public PemFile(String where, Path file) {
        this.where = where;
        this.file = file;
    }

    /** Every certificate, in order; at least one. */
    public List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks()) {
                if (block.type().equals("CERTIFICATE")) {
                    Certificate one = factory.generateCertificate(new ByteArrayInputStream(block.content()));
                    certificates.add((X509Certificate) one);
                }
            }
        } catch (GeneralSecurityException e) {
            throw wrong("has a certificate that cannot be read");
        }
        if (certificates.isEmpty()) {
            throw wrong("has no certificate in PEM form");
        }
        return certificates;
    }

    /** The private key, in PKCS #8, PKCS #1 or SEC 1. */
    public PrivateKey privateKey() {
        for (Block block : blocks()) {
            switch (block.type()) {
                case "PRIVATE KEY":
                    return privateKey(block.content());
                case "RSA PRIVATE KEY":
                    return privateKey(Der.pkcs8OfRsa(block.content()));
                case "EC PRIVATE KEY":
                    return ecKey(block.content());
                case "ENCRYPTED PRIVATE KEY":
                    throw wrong("has a key with a passphrase, which is not supported: openssl pkey takes it off");
                default:
            }
        }
        throw wrong("has no private key in PEM form");
    }

    /** Whether what the key signs is what the certificate verifies. */
    static boolean fit(X509Certificate certificate, PrivateKey key) {
        PublicKey publicKey = certificate.getPublicKey();
        try {
            byte[] text = "promgres".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(SIGNATURES.get(key.getAlgorithm()));
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private PrivateKey ecKey(byte[] content) {
        try {
            return privateKey(Der.pkcs8OfEc(content));
        } catch (IllegalArgumentException e) {
            throw wrong("has a key that cannot be read");
        }
    }

    private PrivateKey privateKey(byte[] pkcs8) {
        for (String algorithm : SIGNATURES.keySet()) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException notThisOne) {
                // The next algorithm is tried; the complaint comes after the last.
            }
        }
        throw wrong("has a key that cannot be read: it is neither RSA nor EC nor Ed25519");
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text());
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                throw wrong("is damaged");
            }
        }
        return blocks;
    }

    private String text() {
        try {
            return FileContents.text(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw wrong("does not exist");
        } catch (IOException e) {
            throw wrong("cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private ConfigException wrong(String reason) {
        return new ConfigException(where + ": the file " + file + " " + reason);
    }
}
