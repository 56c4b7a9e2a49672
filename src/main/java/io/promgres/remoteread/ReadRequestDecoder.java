package io.promgres.remoteread;

import com.google.protobuf.InvalidProtocolBufferException;
import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SnappyBlock;
import io.promgres.codec.proto.Remote;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.model.ReadQuery;
import io.promgres.model.ReadRequest;
import java.util.List;

/** Decodes the body of a remote read request: a snappy block that holds a {@code prometheus.ReadRequest}. */
public final class ReadRequestDecoder {

    /** Of the whole message: queries, matchers, hints and what is in them. A field of two bytes takes a hundred when parsed. */
    private static final int MOST_FIELDS = 100_000;

    private static final int QUERY = 1 << 3 | Cursor.LENGTH;
    private static final int MATCHER = 3 << 3 | Cursor.LENGTH;
    private static final int HINTS = 4 << 3 | Cursor.LENGTH;

    private ReadRequestDecoder() {}

    /**
     * Decodes the body that stands in {@code body[offset, offset + length)}; the result does not refer to it.
     *
     * @param limit of the decompressed length, bytes
     * @throws MalformedBodyException if it is not the message, or accepts only answers that are not known here
     * @throws BodyTooLargeException if it declares more bytes than the limit
     */
    public static ReadRequest decode(byte[] body, int offset, int length, int limit)
            throws MalformedBodyException, BodyTooLargeException {
        SnappyBlock snappy = new SnappyBlock(limit);
        int size = snappy.decompress(body, offset, length);
        checkFields(snappy.bytes(), size);
        Remote.ReadRequest request = parse(snappy.bytes(), size);
        List<ReadQuery> queries =
                request.getQueriesList().stream().map(ReadRequestDecoder::query).toList();
        return new ReadRequest(queries, format(request));
    }

    private static void checkFields(byte[] bytes, int size) throws MalformedBodyException, BodyTooLargeException {
        Cursor in = new Cursor();
        in.reset(bytes, 0, size);
        countFields(in, 0, 0);
    }

    /** Counts the fields of the message that the cursor is in, and those of the messages in it. */
    private static int countFields(Cursor in, int depth, int before)
            throws MalformedBodyException, BodyTooLargeException {
        int fields = before;
        while (!in.atEnd()) {
            int tag = in.tag();
            if (++fields > MOST_FIELDS) {
                throw new BodyTooLargeException("the request holds more than " + MOST_FIELDS + " fields");
            }
            if (depth == 0 && tag == QUERY || depth == 1 && (tag == MATCHER || tag == HINTS)) {
                int outerEnd = in.enter();
                fields = countFields(in, depth + 1, fields);
                in.leave(outerEnd);
            } else {
                in.skipField(tag);
            }
        }
        return fields;
    }

    private static Remote.ReadRequest parse(byte[] bytes, int size) throws MalformedBodyException {
        try {
            return Remote.ReadRequest.parser().parseFrom(bytes, 0, size);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedBodyException("the body is not a remote read request: " + e.getMessage());
        }
    }

    /** The first one that is known; who names none takes samples. */
    private static ReadRequest.Format format(Remote.ReadRequest request) throws MalformedBodyException {
        if (request.getAcceptedResponseTypesCount() == 0) {
            return ReadRequest.Format.SAMPLES;
        }
        for (Remote.ReadRequest.ResponseType type : request.getAcceptedResponseTypesList()) {
            switch (type) {
                case SAMPLES -> {
                    return ReadRequest.Format.SAMPLES;
                }
                case STREAMED_XOR_CHUNKS -> {
                    return ReadRequest.Format.STREAMED_XOR_CHUNKS;
                }
                default -> {}
            }
        }
        throw new MalformedBodyException("none of the accepted response types is SAMPLES or STREAMED_XOR_CHUNKS");
    }

    private static ReadQuery query(Remote.Query query) {
        return new ReadQuery(
                query.getStartTimestampMs(),
                query.getEndTimestampMs(),
                query.getMatchersList().stream()
                        .map(ReadRequestDecoder::matcher)
                        .toList());
    }

    private static ReadQuery.Matcher matcher(LabelMatcher matcher) {
        ReadQuery.Operator operator = switch (matcher.getType()) {
            case NEQ -> ReadQuery.Operator.NOT_EQUAL;
            case RE -> ReadQuery.Operator.MATCHES;
            case NRE -> ReadQuery.Operator.MATCHES_NOT;
            default -> ReadQuery.Operator.EQUAL;
        };
        return new ReadQuery.Matcher(operator, matcher.getName(), matcher.getValue());
    }
}
