package io.promgres.remoteread;

import io.promgres.codec.proto.Remote.Query;
import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Remote.ReadRequest.ResponseType;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.model.ReadQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.xerial.snappy.Snappy;

/** Makes the body of a remote read request. */
public final class ReadRequestEncoder {

    private ReadRequestEncoder() {}

    /** The request as Prometheus makes it, compressed: chunks rather than samples, but either will do. */
    public static byte[] encode(List<ReadQuery> queries) {
        return encode(ReadRequest.newBuilder().addAcceptedResponseTypes(ResponseType.STREAMED_XOR_CHUNKS), queries);
    }

    /** The request for samples only, compressed. */
    public static byte[] encodeForSamples(List<ReadQuery> queries) {
        return encode(ReadRequest.newBuilder(), queries);
    }

    private static byte[] encode(ReadRequest.Builder request, List<ReadQuery> queries) {
        request.addAcceptedResponseTypes(ResponseType.SAMPLES);
        for (ReadQuery query : queries) {
            Query.Builder one = request.addQueriesBuilder()
                    .setStartTimestampMs(query.startMillis())
                    .setEndTimestampMs(query.endMillis());
            query.matchers().forEach(matcher -> one.addMatchers(matcher(matcher)));
        }
        try {
            return Snappy.compress(request.build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LabelMatcher matcher(ReadQuery.Matcher matcher) {
        LabelMatcher.Type type = switch (matcher.operator()) {
            case EQUAL -> LabelMatcher.Type.EQ;
            case NOT_EQUAL -> LabelMatcher.Type.NEQ;
            case MATCHES -> LabelMatcher.Type.RE;
            case MATCHES_NOT -> LabelMatcher.Type.NRE;
        };
        return LabelMatcher.newBuilder()
                .setType(type)
                .setName(matcher.name())
                .setValue(matcher.value())
                .build();
    }
}
