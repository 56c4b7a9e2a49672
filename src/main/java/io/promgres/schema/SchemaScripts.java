package io.promgres.schema;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of the migrations, as this promgres has them. */
public final class SchemaScripts {

    /** Where they are, on the class path and in a backup. */
    static final List<String> DIRECTORIES = List.of("db/prom", "db/energy", "db/perftest");

    /** What only a distributed store has. */
    private static final String CLUSTER = "db/cluster";

    private SchemaScripts() {}

    /** Every file of the plain layout, by its path from {@code db} on. */
    public static Map<String, byte[]> all() throws IOException {
        return of(DIRECTORIES);
    }

    /** The same, with the files that only a distributed store has. */
    static Map<String, byte[]> ofCluster() throws IOException {
        return of(Stream.concat(DIRECTORIES.stream(), Stream.of(CLUSTER)).toList());
    }

    private static Map<String, byte[]> of(List<String> directories) throws IOException {
        Map<String, byte[]> scripts = new TreeMap<>();
        for (String directory : directories) {
            for (URL root :
                    Collections.list(SchemaScripts.class.getClassLoader().getResources(directory))) {
                read(root, directory, scripts);
            }
        }
        return scripts;
    }

    private static void read(URL root, String directory, Map<String, byte[]> scripts) throws IOException {
        try {
            URLConnection connection = root.openConnection();
            if (connection instanceof JarURLConnection jar) {
                Path file = Path.of(jar.getJarFileURL().toURI());
                try (FileSystem contents = FileSystems.newFileSystem(file)) {
                    read(contents.getPath(directory), directory, scripts);
                }
            } else {
                read(Path.of(root.toURI()), directory, scripts);
            }
        } catch (URISyntaxException e) {
            throw new IOException("the class path has " + root, e);
        }
    }

    private static void read(Path root, String directory, Map<String, byte[]> scripts) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                scripts.putIfAbsent(directory + "/" + root.relativize(file), Files.readAllBytes(file));
            }
        }
    }
}
