package io.promgres.transfer;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SeriesReceiver;
import io.promgres.codec.UnknownEncodingException;
import io.promgres.model.ReadQuery;
import io.promgres.remoteread.ReadRequestEncoder;
import io.promgres.remoteread.ReadResponseDecoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The Prometheus that history is read from, by remote read. */
public final class ImportSource {

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "application/x-protobuf",
            "Content-Encoding", "snappy",
            "Accept-Encoding", "snappy",
            "X-Prometheus-Remote-Read-Version", "0.1.0");

    private final HttpAddress address;
    private boolean hasAnswered;

    /** Until one comes that cannot be read here. */
    private boolean acceptsChunks = true;

    public ImportSource(HttpAddress address) {
        this.address = address;
    }

    HttpAddress address() {
        return address;
    }

    /**
     * Reads the samples of a window.
     *
     * @param first milliseconds since the epoch
     * @param last the last millisecond that belongs to it
     * @return false if it is more than the source or the memory here allows; a part may have been received
     * @throws TransferException of the receiver, or if the source will never answer this
     * @throws IOException if a later attempt may succeed
     */
    boolean read(ImportOrder order, long first, long last, SeriesReceiver receiver) throws IOException {
        List<ReadQuery> queries = order.queries(first, last);
        byte[] body = acceptsChunks ? ReadRequestEncoder.encode(queries) : ReadRequestEncoder.encodeForSamples(queries);
        try {
            return address.post(body, HEADERS, (connection, in) -> {
                hasAnswered = true;
                String type = connection.getContentType();
                return read(type == null ? "" : type, in, first, last, receiver);
            });
        } catch (HttpStatusException e) {
            if (e.status() == 400 && e.text().contains("sample limit")) {
                return false;
            }
            String message = "remote read from " + address + ": " + e.getMessage() + e.advice();
            throw e.mayPass() ? new IOException(message, e) : new TransferException(message, e);
        } catch (TransferException e) {
            throw e;
        } catch (IOException e) {
            String message = address + " cannot be read from: " + reason(e);
            // Who never answered is rather a wrong address than away for a moment.
            throw hasAnswered ? new IOException(message, e) : new TransferException(message, e);
        }
    }

    static String reason(IOException e) {
        return e instanceof java.net.UnknownHostException ? "unknown host " + e.getMessage() : e.getMessage();
    }

    private boolean read(String type, java.io.InputStream in, long first, long last, SeriesReceiver receiver)
            throws IOException {
        try {
            ReadResponseDecoder.read(type, in, first, last, receiver);
            return true;
        } catch (BodyTooLargeException e) {
            return false;
        } catch (UnknownEncodingException e) {
            if (!acceptsChunks) {
                throw new TransferException(address + " was asked for samples, but " + e.getMessage(), e);
            }
            acceptsChunks = false;
            throw new IOException(e.getMessage() + "; from now on samples are asked for", e);
        } catch (MalformedBodyException e) {
            throw new TransferException(
                    "what " + address + " answers is not remote read: " + e.getMessage()
                            + " (is there a Prometheus, or something like it, at this URL?)",
                    e);
        }
    }
}
