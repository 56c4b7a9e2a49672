package io.promgres.testing;

import io.promgres.config.Config;
import io.promgres.config.ConfigLoader;
import io.promgres.daemon.Daemon;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A daemon in this JVM whose start takes its time, and what it answers meanwhile. */
public final class StartingDaemon implements AutoCloseable {

    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final CompletableFuture<Daemon> daemon;
    private final Sender sender;

    /** @param settings keys of the configuration and their values, as in the file */
    public StartingDaemon(String... settings) throws IOException {
        int port = Programs.freePort();
        Map<String, String> options =
                new HashMap<>(Map.of("listen", "127.0.0.1:" + port, "self-monitoring.interval", "0s"));
        for (int i = 0; i < settings.length; i += 2) {
            options.put(settings[i], settings[i + 1]);
        }
        Config config = ConfigLoader.load(Optional.empty(), options).config();
        sender = new Sender("http://127.0.0.1:" + port);
        daemon = CompletableFuture.supplyAsync(() -> start(config));
    }

    private Daemon start(Config config) {
        try {
            return Daemon.start(config, () -> config, cancelled::get);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    public Sender sender() {
        return sender;
    }

    /** Waits until readiness names something that the daemon does, and returns that answer. */
    public HttpResponse<String> awaitReadinessSays(String text) throws Exception {
        Await.until("readiness says " + text, () -> {
            try {
                return sender.get("/-/ready").body().contains(text);
            } catch (IOException e) {
                // It does not listen yet.
                return false;
            }
        });
        return sender.get("/-/ready");
    }

    /** Ends the start, or the daemon. */
    @Override
    public void close() {
        cancelled.set(true);
        try {
            daemon.join().close();
        } catch (CancellationException e) {
            // Its start has been ended.
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof CancellationException)) {
                throw e;
            }
        }
    }
}
