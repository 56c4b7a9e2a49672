package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.promgres.access.RouteGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestJournalTest {

    private static final SocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 4711);

    private Instant now = Instant.ofEpochMilli(1_000);
    private final RequestJournal journal = new RequestJournal(() -> now);

    private void answered(RouteGroup group, String method, String path, Response response) {
        RequestHead head =
                new RequestHead(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), path));
        journal.answered(CLIENT, group, head, response);
    }

    @Test
    void refusalsOfAClientAreOneEntryWithTheLastReason() {
        answered(RouteGroup.WRITE, "POST", "/api/v1/write", Response.text(400, "the snappy block is corrupt"));
        now = Instant.ofEpochMilli(2_000);
        answered(RouteGroup.WRITE, "POST", "/api/v1/write?x=1", Response.text(400, "one sample has no name"));

        assertThat(journal.refusals())
                .containsExactly(new RequestJournal.Refusal(
                        "192.0.2.7", "POST", "/api/v1/write", 400, "one sample has no name", 2, 2_000));
        assertThat(journal.firstWrite()).isEmpty();
    }

    @Test
    void theLastRefusalComesFirstAndTheOldestAreForgotten() {
        for (int i = 0; i < 100; i++) {
            answered(RouteGroup.HEALTH, "POST", "/wrong/" + i, Response.text(404, "there is nothing"));
        }

        assertThat(journal.refusals()).hasSize(32);
        assertThat(journal.refusals().get(0).path()).isEqualTo("/wrong/99");
    }

    @Test
    void whatOnlyReadsIsLeftOut() {
        answered(RouteGroup.HEALTH, "GET", "/favicon.ico", Response.text(404, "there is nothing"));
        answered(RouteGroup.READ, "POST", "/api/v1/query", Response.text(400, "a typing error"));

        assertThat(journal.refusals()).isEmpty();
    }

    @Test
    void theFirstWriteStays() {
        answered(RouteGroup.WRITE, "POST", "/api/v1/write", Response.empty(204));
        now = Instant.ofEpochMilli(9_000);
        answered(RouteGroup.WRITE, "POST", "/api/v1/write", Response.empty(204));

        assertThat(journal.firstWrite()).contains(new RequestJournal.Write("192.0.2.7", 1_000));
    }

    @Test
    void longPathsAndReasonsAreCut() {
        answered(RouteGroup.WRITE, "POST", "/" + "x".repeat(5_000), Response.text(400, "y".repeat(5_000)));

        assertThat(journal.refusals().get(0).path()).hasSize(123).endsWith("...");
        assertThat(journal.refusals().get(0).reason()).hasSize(503).endsWith("...");
    }
}
