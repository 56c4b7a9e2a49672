package io.promgres.transfer;

import io.promgres.codec.SeriesReceiver;
import io.promgres.model.LabelSet;
import io.promgres.remotewrite.WriteRequestBuffer;
import java.io.IOException;
import java.util.Map;

/**
 * The promgres that history is written to, by remote write. What it takes is collected into large requests, so that the
 * series of a target land together, and sent when one is full.
 */
public final class ImportTarget implements SeriesReceiver {

    /** Of one request; together they stay below what promgres takes by default. */
    private static final int MOST_SAMPLES = 400_000;

    private static final int MOST_HISTOGRAMS = 100_000;
    private static final int MOST_BYTES = 8 << 20;

    /** A histogram counts as the samples that take as much room. */
    private static final int SAMPLE_BYTES = 16;

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request",
            "Content-Encoding", "snappy",
            "X-Prometheus-Remote-Write-Version", "2.0.0");

    private final HttpAddress address;
    private final Retries retries;
    private final Retries.Report report;
    private final WriteRequestBuffer buffer = new WriteRequestBuffer();
    private LabelSet series;
    private long start;
    private long samples;
    private long histograms;
    private long load;
    private String refusal = "";
    private boolean hasAnswered;

    public ImportTarget(HttpAddress address, Retries retries, Retries.Report report) {
        this.address = address;
        this.retries = retries;
        this.report = report;
    }

    HttpAddress address() {
        return address;
    }

    /** Begins a window anew: what was collected and not sent is forgotten. */
    void begin() {
        if (series != null) {
            buffer.endSeries();
            series = null;
        }
        buffer.take();
        samples = 0;
        histograms = 0;
        load = 0;
    }

    @Override
    public void beginSeries(LabelSet labels) {
        start = 0;
        continueSeries(labels);
    }

    private void continueSeries(LabelSet labels) {
        series = labels;
        buffer.beginSeries(labels);
    }

    @Override
    public void start(long start) {
        this.start = start;
    }

    @Override
    public void sample(long time, long bits) throws IOException {
        buffer.add(time, bits, start);
        samples++;
        load++;
        sendIfFull();
    }

    @Override
    public void histogram(long time, byte[] body) throws IOException {
        buffer.addHistogram(time, body);
        histograms++;
        load += 1 + body.length / SAMPLE_BYTES;
        sendIfFull();
    }

    private void sendIfFull() throws IOException {
        if (buffer.samples() >= MOST_SAMPLES
                || buffer.histograms() >= MOST_HISTOGRAMS
                || buffer.bytes() >= MOST_BYTES) {
            LabelSet current = series;
            endSeries();
            send();
            continueSeries(current);
        }
    }

    @Override
    public void endSeries() {
        buffer.endSeries();
        series = null;
    }

    /** Sends what is collected; returns when it is committed. */
    void send() throws TransferException {
        if (buffer.samples() + buffer.histograms() == 0) {
            return;
        }
        byte[] body = buffer.take();
        try {
            retries.run(() -> post(body), report);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException("interrupted", e);
        }
    }

    private Void post(byte[] body) throws IOException {
        try {
            address.post(body, HEADERS, (connection, in) -> null);
            hasAnswered = true;
            return null;
        } catch (HttpStatusException e) {
            hasAnswered = true;
            if (e.status() == 400) {
                refusal = refusal.isEmpty() ? e.text() : refusal;
                return null;
            }
            String message = "remote write to " + address + ": " + e.getMessage() + e.advice();
            throw e.mayPass() ? new IOException(message, e) : new TransferException(message, e);
        } catch (IOException e) {
            String message = address + " cannot be written to: " + ImportSource.reason(e);
            throw hasAnswered
                    ? new IOException(message, e)
                    : new TransferException(message + " (does promgres run there? --to names another address)", e);
        }
    }

    /** Samples of the window, those that are not sent yet included. */
    long samples() {
        return samples;
    }

    /** Native histograms of the window, those that are not sent yet included. */
    long histograms() {
        return histograms;
    }

    /** How much the window holds, in samples: a histogram is as many as take its room. */
    long load() {
        return load;
    }

    /** What promgres said when it refused some of it for the first time; empty if it took all. */
    String refusal() {
        return refusal;
    }
}
