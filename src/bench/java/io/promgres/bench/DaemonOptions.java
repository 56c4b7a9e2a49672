package io.promgres.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to start the daemon.
 *
 * @param jar the packaged daemon
 * @param xmx its heap, as -Xmx takes it; empty for what Java chooses
 * @param jvm further options of its JVM
 * @param settings by their keys in promgres.yaml
 */
public record DaemonOptions(Path jar, String xmx, List<String> jvm, Map<String, String> settings) {

    /** The same with some settings changed. */
    DaemonOptions with(Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(changed);
        return new DaemonOptions(jar, xmx, jvm, all);
    }
}
