package io.promgres.remoteread;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import io.promgres.http.Streaming;
import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import io.promgres.model.ReadRequest;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Remote read. An answer of samples is made in memory and limited in their number; a stream of chunks is sent while it is
 * read from the database, and of it only what is encoded of one series is in memory. All that can be wrong with a request is found
 * before the first byte of a stream.
 */
public final class RemoteReadEndpoint implements Endpoint {

    /** A request holds matchers, nothing long; Prometheus takes 32 MiB. */
    private static final int BODY_LIMIT = 1 << 20;

    /** Bytes of chunks in a frame, which should have a whole series. Prometheus takes frames of up to 50 MB. */
    private static final int FRAME_BYTES = 32 << 20;

    /** Frames are small where series are short; they are sent together. */
    private static final int PIECE_BYTES = 1 << 18;

    /** A histogram counts as the samples that take as much room. */
    private static final int SAMPLE_BYTES = 16;

    /** What a sample of an answer takes that is made in memory: as an object, and twice as bytes. */
    private static final int SAMPLE_IN_MEMORY = 100;

    /** For so many samples memory is claimed at once. */
    private static final int CLAIMED_AT_ONCE = 1 << 14;

    private final RemoteReader reader;
    private final long mostSamples;
    private final long mostBytes;
    private final boolean withStarts;

    /**
     * @param mostSamples of an answer that is made in memory
     * @param mostBytes that it may take
     * @param withStarts whether a stream of chunks says when series began to count, if the reader tells it
     */
    public RemoteReadEndpoint(RemoteReader reader, long mostSamples, long mostBytes, boolean withStarts) {
        this.withStarts = withStarts;
        this.mostBytes = mostBytes;
        this.reader = reader;
        this.mostSamples = mostSamples;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        String encoding = head.header("Content-Encoding");
        if (encoding.isEmpty() || encoding.equalsIgnoreCase("snappy")) {
            return Optional.empty();
        }
        return Optional.of(Problem.UNSUPPORTED_MEDIA_TYPE
                .answer("Content-Encoding \"" + encoding + "\" is not supported, only snappy (block format)")
                .with("Accept-Encoding", "snappy"));
    }

    @Override
    public int bodyLimit() {
        return BODY_LIMIT;
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        answer.accept(answerTo(request));
    }

    private Response answerTo(Request request) {
        try {
            ReadRequest read =
                    ReadRequestDecoder.decode(request.bytes(), request.offset(), request.length(), BODY_LIMIT);
            List<RemoteReader.Prepared> prepared = new ArrayList<>();
            for (ReadQuery query : read.queries()) {
                prepared.add(reader.prepare(query));
            }
            return read.format() == ReadRequest.Format.SAMPLES ? samples(prepared, request.client()) : chunks(prepared);
        } catch (MalformedBodyException e) {
            return Problem.MALFORMED_BODY.answer(e.getMessage());
        } catch (BodyTooLargeException e) {
            return Problem.DECODED_TOO_LARGE.answer(e.getMessage());
        } catch (NoMemoryException e) {
            return Problem.OVERLOADED.answer(e.getMessage()).retryAfter(1);
        } catch (ReadRefusedException e) {
            return Problem.REFUSED_QUERY.answer(e.getMessage());
        } catch (SQLException e) {
            return Problem.UNAVAILABLE
                    .answer("the database does not answer: " + e.getMessage())
                    .retryAfter(1);
        }
    }

    /** An answer that is made in memory has no room there now. */
    private static final class NoMemoryException extends Exception {
        private static final long serialVersionUID = 1;

        NoMemoryException() {
            super(
                    "no room for the answer in the budget of bytes in flight; ask again later, or for STREAMED_XOR_CHUNKS");
        }
    }

    private Response samples(List<RemoteReader.Prepared> queries, Request.Client client)
            throws ReadRefusedException, NoMemoryException, SQLException {
        ReadResponseEncoder encoder = new ReadResponseEncoder();
        SeriesSink sink = new Samples(encoder, client);
        for (RemoteReader.Prepared query : queries) {
            encoder.beginQuery();
            try {
                reader.read(query, sink);
            } catch (ReadRefusedException | NoMemoryException | SQLException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("the encoder throws nothing else", e);
            }
        }
        return Response.of(200, "application/x-protobuf", encoder.encode()).with("Content-Encoding", "snappy");
    }

    private final class Samples implements SeriesSink {
        private final ReadResponseEncoder encoder;
        private final Request.Client client;
        private long samples;
        private long claimed;

        Samples(ReadResponseEncoder encoder, Request.Client client) {
            this.client = client;
            this.encoder = encoder;
        }

        @Override
        public void beginSeries(LabelSet labels) {
            encoder.beginSeries(labels);
        }

        @Override
        public void sample(long time, long bits) throws ReadRefusedException, NoMemoryException {
            count(1);
            encoder.add(time, bits);
        }

        @Override
        public void histogram(long time, byte[] body) throws ReadRefusedException, NoMemoryException {
            count(1 + body.length / SAMPLE_BYTES);
            encoder.addHistogram(time, body);
        }

        private void count(int more) throws ReadRefusedException, NoMemoryException {
            samples += more;
            while (samples > claimed) {
                claim();
            }
            if (samples > mostSamples) {
                throw new ReadRefusedException("exceeded sample limit (" + mostSamples
                        + "): the limit is remote-read.max-samples; an answer of STREAMED_XOR_CHUNKS has none");
            }
        }

        private void claim() throws ReadRefusedException, NoMemoryException {
            claimed += CLAIMED_AT_ONCE;
            if (claimed * SAMPLE_IN_MEMORY > mostBytes) {
                throw new ReadRefusedException("the answer takes more than the " + mostBytes
                        + " bytes of ingest.max-in-flight-bytes; one of STREAMED_XOR_CHUNKS does not");
            }
            if (!client.claim(CLAIMED_AT_ONCE * SAMPLE_IN_MEMORY)) {
                throw new NoMemoryException();
            }
        }

        @Override
        public void endSeries() {
            encoder.endSeries();
        }
    }

    private Response chunks(List<RemoteReader.Prepared> queries) {
        return Response.streamed(200, ChunkedResponseEncoder.CONTENT_TYPE, body -> {
            ChunkedResponseEncoder frames = new ChunkedResponseEncoder(FRAME_BYTES, withStarts);
            SeriesSink sink = new Chunks(frames, body);
            for (int i = 0; i < queries.size(); i++) {
                frames.beginQuery(i);
                reader.read(queries.get(i), sink);
            }
            while (frames.size() > 0) {
                body.write(frames.take());
            }
        });
    }

    private static final class Chunks implements SeriesSink {
        private final ChunkedResponseEncoder frames;
        private final Streaming.Body body;

        Chunks(ChunkedResponseEncoder frames, Streaming.Body body) {
            this.frames = frames;
            this.body = body;
        }

        @Override
        public void beginSeries(LabelSet labels) {
            frames.beginSeries(labels);
        }

        @Override
        public void start(long start) {
            frames.start(start);
        }

        @Override
        public void sample(long time, long bits) throws IOException {
            frames.add(time, bits);
            send();
        }

        @Override
        public void histogram(long time, byte[] body) throws IOException {
            frames.addHistogram(time, body);
            send();
        }

        @Override
        public void endSeries() throws IOException {
            frames.endSeries();
            send();
        }

        private void send() throws IOException {
            while (frames.size() >= PIECE_BYTES) {
                body.write(frames.take());
            }
        }
    }
}
