package io.promgres.model;

import java.util.List;

/** A remote read request. The answer has the results in the order of the queries. */
public record ReadRequest(List<ReadQuery> queries, Format format) {

    /** The answers that there are. */
    public enum Format {
        /** One message with all samples, compressed. */
        SAMPLES,
        /** A stream of messages with encoded chunks of samples. */
        STREAMED_XOR_CHUNKS
    }
}
