package io.promgres.daemon;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.promgres.http.Endpoint;
import io.promgres.http.Request;
import io.promgres.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The daemon's own metrics, in the format that the Accept header asks for. */
public final class MetricsEndpoint implements Endpoint {

    private final PrometheusMeterRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final AtomicInteger lastSize = new AtomicInteger(32 * 1024);

    public MetricsEndpoint(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        String accept = request.head().header("Accept");
        String contentType = formats.findWriter(accept).getContentType();
        answer.accept(Response.of(200, contentType, scrape(accept)));
    }

    private byte[] scrape(String accept) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(lastSize.get() + 1024);
        try {
            registry.scrape(out, accept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lastSize.set(out.size());
        return out.toByteArray();
    }
}
