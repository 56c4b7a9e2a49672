package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.config.ConfigChanges;
import io.promgres.config.ConfigException;
import io.promgres.energy.RuleFiles;
import io.promgres.energy.Rules;
import io.promgres.http.WebAccess;
import io.promgres.observe.Metrics;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a changed configuration in force while the daemon runs: all that can be reloaded, or, if anything is wrong, nothing.
 * Thread-safe.
 */
final class ConfigReload {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    private final Supplier<Config> source;
    private final Config started;
    private final WebAccess access;
    private final Metrics metrics;
    private final BiConsumer<Config, Rules> inForce;
    private String lastFailure = "";

    /**
     * @param source reads the configuration; throws ConfigException if it is wrong
     * @param started what the daemon was started with
     * @param inForce is given a configuration that is right, and its rules of energy
     */
    ConfigReload(
            Supplier<Config> source,
            Config started,
            WebAccess access,
            Metrics metrics,
            BiConsumer<Config, Rules> inForce) {
        this.source = source;
        this.started = started;
        this.access = access;
        this.metrics = metrics;
        this.inForce = inForce;
    }

    /**
     * Reads everything again.
     *
     * @throws ConfigException it is wrong, and what was in force stays so
     */
    synchronized void reload() {
        try {
            Config next = source.get();
            Rules rules = RuleFiles.read(next.energy().rules());
            access.reload();
            inForce.accept(next, rules);
            succeeded();
            List<String> needRestart = ConfigChanges.needRestart(started, next);
            if (needRestart.isEmpty()) {
                LOG.info("configuration reloaded");
            } else {
                LOG.warn("configuration reloaded, but these keys need a restart: {}", String.join(", ", needRestart));
            }
        } catch (ConfigException e) {
            metrics.reloaded(false, InstantSource.system().instant());
            LOG.warn("the configuration stays as it is: {}", e.getMessage());
            throw e;
        }
    }

    /** Reads the web config file and what it names, if they have changed. A failure is logged when it is new. */
    synchronized void lookAtFiles() {
        if (!access.isOutOfDate()) {
            if (!lastFailure.isEmpty()) {
                succeeded();
            }
            return;
        }
        try {
            access.reload();
            succeeded();
            LOG.info("web configuration reloaded, its files have changed");
        } catch (ConfigException e) {
            metrics.reloaded(false, InstantSource.system().instant());
            if (!e.getMessage().equals(lastFailure)) {
                LOG.warn("the web configuration stays as it is: {}", e.getMessage());
            }
            lastFailure = e.getMessage();
        }
    }

    private void succeeded() {
        lastFailure = "";
        metrics.reloaded(true, InstantSource.system().instant());
    }
}
