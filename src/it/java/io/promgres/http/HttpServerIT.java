package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.http.RawClient.Answer;
import io.promgres.model.Counts;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How the server starts and stops. */
@AnyServer
class HttpServerIT extends ServerFixture {

    @Test
    void closeLetsTheRequestInFlightFinishAndClosesIdleConnections() throws Exception {
        receiver.holdsItsAnswers();
        try (RawClient busy = connect();
                RawClient idle = connect()) {
            idle.get("/-/healthy").answer();
            busy.post("/write", "", "body");
            Consumer<WriteOutcome> stored = receiver.nextPending();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            assertThat(idle.isClosed()).isTrue();
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
            assertThat(closing).isNotDone();

            stored.accept(WriteOutcome.stored(Counts.NONE));
            Answer answer = busy.answer();
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.headers()).containsEntry("connection", "close");
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anAnswerThatComesAfterTheServerIsClosedStillGivesItsBytesBack() throws Exception {
        server.close();
        server = serverWith(settings(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ZERO), 10_000_000);
        receiver.holdsItsAnswers();
        try (RawClient client = connect()) {
            client.post("/write", "", "body");
            Consumer<WriteOutcome> stored = receiver.nextPending();

            server.close();
            assertThat(client.isClosed()).isTrue();
            assertThat(inFlight.usedBytes()).isPositive();

            stored.accept(WriteOutcome.stored(Counts.NONE));
            assertThat(inFlight.usedBytes()).isZero();
        }
    }

    @Test
    void aPortInUseIsReportedWithItsAddress() {
        HttpSettings taken = HttpSettings.listeningOn(server.address());

        assertThatThrownBy(() -> HttpServer.start(taken, routes(), inFlight, metrics))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(":" + server.address().getPort());
    }
}
