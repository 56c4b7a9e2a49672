package io.promgres.remotewrite;

import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import io.promgres.model.Counts;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Remote write: decides from Content-Type and Content-Encoding whether to read the body, then hands it to the receiver.
 * X-Prometheus-Remote-Write-Version is not looked at.
 *
 * <p>Of the budget it takes the compressed bytes, as they come, and the length that they declare to have when decompressed,
 * once they are all there.
 */
public final class WriteEndpoint implements Endpoint {

    private static final String SNAPPY = "snappy";
    private static final String WRITTEN = "X-Prometheus-Remote-Write-";

    private final WriteReceiver receiver;
    private final Set<WriteProtocol> supported;
    private final Bounds limits;

    /**
     * How much a request may take.
     *
     * @param body compressed, in bytes
     * @param decoded decompressed, in bytes; for the budget only, the receiver enforces it
     * @param maxUnfolded what one may take as series and samples in memory, in bytes
     * @param time of senders' patience: what takes longer is answered 503
     */
    public record Bounds(int body, int decoded, long maxUnfolded, Duration time) {}

    /**
     * @param supported messages that the receiver takes; the others are answered 415
     */
    public WriteEndpoint(WriteReceiver receiver, Set<WriteProtocol> supported, Bounds limits) {
        this.receiver = receiver;
        this.supported = Set.copyOf(supported);
        this.limits = limits;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        String encoding = head.header("Content-Encoding");
        if (!encoding.isEmpty() && !encoding.equalsIgnoreCase(SNAPPY)) {
            return Optional.of(unsupportedEncoding(encoding));
        }
        return protocol(head).isPresent() ? Optional.empty() : Optional.of(unsupportedType(head));
    }

    @Override
    public int bodyLimit() {
        return limits.body();
    }

    @Override
    public Optional<Duration> answerWithin() {
        return Optional.of(limits.time());
    }

    @Override
    public long bytesInFlight(Request request) {
        long declared = SnappyLength.declared(request.bytes(), request.offset(), request.length());
        // Undeclared or too much is refused by the receiver before it decodes.
        return request.length() + (declared > limits.decoded() ? 0 : Math.max(0, declared));
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        WriteProtocol protocol = protocol(request.head()).orElseThrow();
        receiver.receive(
                protocol,
                request.bytes(),
                request.offset(),
                request.length(),
                new Caller(protocol, request.client(), limits.maxUnfolded(), answer));
    }

    private record Caller(WriteProtocol protocol, Request.Client client, long mostBytes, Consumer<Response> answer)
            implements WriteReceiver.Caller {

        @Override
        public boolean claim(long bytes) {
            return client.claim(bytes);
        }

        @Override
        public void accept(WriteOutcome outcome) {
            answer.accept(answerTo(protocol, outcome));
        }

        @Override
        public boolean isGone() {
            return client.isGone();
        }
    }

    private Optional<WriteProtocol> protocol(RequestHead head) {
        return WriteProtocol.of(head.header("Content-Type")).filter(supported::contains);
    }

    /** Only 2.0 has the counts, and has them in every answer: without them Prometheus takes nothing for written. */
    private static Response answerTo(WriteProtocol protocol, WriteOutcome outcome) {
        Response response = answerTo(outcome);
        if (protocol == WriteProtocol.V1) {
            return response;
        }
        Counts written = outcome.written();
        return response.with(WRITTEN + "Samples-Written", Integer.toString(written.samples()))
                .with(WRITTEN + "Histograms-Written", Integer.toString(written.histograms()))
                .with(WRITTEN + "Exemplars-Written", Integer.toString(written.exemplars()));
    }

    private static Response answerTo(WriteOutcome outcome) {
        return switch (outcome.kind()) {
            case STORED -> Response.empty(204);
            case PARTLY_REJECTED -> Problem.REJECTED_SAMPLES.answer(outcome.message());
            case MALFORMED -> Problem.MALFORMED_BODY.answer(outcome.message());
            case TOO_LARGE -> Problem.DECODED_TOO_LARGE.answer(outcome.message());
            case UNAVAILABLE -> Problem.UNAVAILABLE.answer(outcome.message()).retryAfter(outcome.retryAfterSeconds());
        };
    }

    // RFC 9110, 15.5.16: the answer names what would be accepted.
    private static Response unsupportedEncoding(String encoding) {
        return Problem.UNSUPPORTED_MEDIA_TYPE
                .answer("Content-Encoding \"" + encoding + "\" is not supported, only snappy (block format)")
                .with("Accept-Encoding", SNAPPY);
    }

    private Response unsupportedType(RequestHead head) {
        String accepted =
                supported.stream().sorted().map(WriteProtocol::contentType).collect(Collectors.joining(", "));
        return Problem.UNSUPPORTED_MEDIA_TYPE
                .answer("Content-Type \"" + head.header("Content-Type") + "\" is not supported, only " + accepted)
                .with("Accept", accepted);
    }
}
