package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that browsers make for pages of other origins, and names that strangers make lead here. */
@AnyServer
class OriginIT extends ServerFixture {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Senders and tools.
                "''                                                                          | 204",
                // Pages of other origins: on the loopback and by https, and elsewhere.
                "Sec-Fetch-Site: cross-site & Sec-Fetch-Mode: no-cors & Origin: null          | 403",
                "Sec-Fetch-Site: same-site & Sec-Fetch-Mode: cors & Origin: http://x:3000     | 403",
                "Sec-Fetch-Site: cross-site & Sec-Fetch-Mode: navigate                         | 403",
                "Origin: https://evil.example                                                 | 403",
                "Origin: null                                                                 | 403",
                "Origin: http://x:3000                                                        | 403",
                // Its own page, also behind a proxy that encrypts.
                "Sec-Fetch-Site: same-origin & Origin: http://x                                | 204",
                "Origin: https://x                                                            | 204",
            })
    void aPageOfAnotherOriginWritesNothing(String headers, int status) throws IOException {
        try (RawClient client = connect()) {
            String lines = headers.isEmpty() ? "" : headers.replace(" & ", "\r\n") + "\r\n";

            assertThat(client.post("/write", lines, "body").answer().status()).isEqualTo(status);
            assertThat(receiver.bodies).hasSize(status == 204 ? 1 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cross-site, no-cors, 403",
        "cross-site, cors, 403",
        "same-site, no-cors, 403",
        "cross-site, navigate, 200",
        "same-origin, cors, 200",
        "none, navigate, 200",
    })
    void aPageOfAnotherOriginReadsNothingButALinkMayLeadHere(String site, String mode, int status) throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: " + mode
                    + "\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "localhost:9201, 200",
        "127.0.0.1:9201, 200",
        "[::1]:9201, 200",
        "promgres.localhost, 200",
        "promgres:9201, 200",
        "evil.example, 421",
        "evil.example:9201, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example, 421",
        "EVIL.example., 421",
    })
    void onTheLoopbackNoNameOfADomainLeadsHere(String host, int status) throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /-/healthy HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(status);
        }
    }

    @Test
    void refusalsAreCounted() throws IOException {
        try (RawClient client = connect()) {
            client.post("/write", "Origin: null\r\n", "body").answer();
        }
        assertThat(metrics.registry().scrape())
                .contains("promgres_http_limit_refusals_total{limit=\"cross_origin\"} 1.0");
    }
}
