package io.promgres.schema;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/**
 * The scripts as a distributed store has them, those of {@code db/cluster} included. One set of scripts makes both layouts: what
 * stands in a comment that begins with {@code citus} is for Citus alone, and what stands between {@code plain} and {@code end plain}
 * in comments is not for it.
 */
final class ClusterScripts implements ResourceProvider {

    private static final Pattern PLAIN_ONLY = Pattern.compile("/\\*plain\\*/.*?/\\*end plain\\*/", Pattern.DOTALL);
    private static final Pattern CITUS_ONLY = Pattern.compile("/\\*citus (.*?)\\*/", Pattern.DOTALL);

    private final Map<String, LoadableResource> byName = new TreeMap<>();

    ClusterScripts(Cluster cluster) {
        add(new Script("afterConnect__cluster.sql", cluster.sessionSql()));
        try {
            SchemaScripts.ofCluster().forEach((path, bytes) -> {
                String text = distributed(new String(bytes, StandardCharsets.UTF_8));
                add(new Script(path, text));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String distributed(String script) {
        String without = PLAIN_ONLY.matcher(script).replaceAll("");
        return CITUS_ONLY.matcher(without).replaceAll(match -> Matcher.quoteReplacement(match.group(1)));
    }

    private void add(Script script) {
        byName.put(script.getFilename(), script);
    }

    @Override
    public LoadableResource getResource(String name) {
        return byName.get(name);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return byName.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix)
                        && Arrays.stream(suffixes).anyMatch(entry.getKey()::endsWith))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static final class Script extends LoadableResource {
        private final String path;
        private final String text;

        Script(String path, String text) {
            this.path = path;
            this.text = text;
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return path;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return path;
        }

        @Override
        public String getFilename() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        @Override
        public String getRelativePath() {
            return path;
        }
    }
}
