package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** {@code promgres health}, which checks what has Java but no curl. */
@AnyServer
class HealthIT {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void aDaemonThatIsReadyIsExitCode0ByItsAddressAndByItsUrl() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "listen", "0.0.0.0:0", "insecure", "true")) {
            assertThat(run("health", "--listen", "0.0.0.0:" + daemon.port())).isZero();
            assertThat(run("health", "--url", "http://127.0.0.1:" + daemon.port() + "/"))
                    .isZero();
            assertThat(out.toString()).isEqualToNormalizingNewlines("ready\nready\n");
        }
    }

    @Test
    void whereNobodyListensIsExitCode1AndSaysWhere() throws Exception {
        int port = Programs.freePort();
        assertThat(run("health", "--listen", "127.0.0.1:" + port)).isEqualTo(1);
        assertThat(out.toString()).startsWith("no answer from http://127.0.0.1:" + port + "/-/ready");
    }

    @Test
    void whoWaitsIsAnsweredWhenTheDaemonIsThere() throws Exception {
        int port = Programs.freePort();
        CompletableFuture<Integer> health =
                CompletableFuture.supplyAsync(() -> run("health", "--listen", "127.0.0.1:" + port, "--wait", "10m"));
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "listen", "127.0.0.1:" + port)) {
            assertThat(health.join()).isZero();
            assertThat(daemon.port()).isEqualTo(port);
        }
    }

    @Test
    void aWrongUrlAndAWrongWaitAreExitCode2AndNamed() {
        assertThat(run("health", "--url", "localhost:9201")).isEqualTo(2);
        assertThat(run("health", "--url", "http://127.0.0.1:1", "--wait", "long"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--url: \"localhost:9201\"", "--wait: \"long\" is not a duration");
    }
}
