package io.promgres.remotewrite;

import io.promgres.http.MediaType;
import java.util.Optional;

/** The message of a remote write request, chosen by its Content-Type and by nothing else. */
public enum WriteProtocol {
    V1("prometheus.WriteRequest"),
    V2("io.prometheus.write.v2.Request");

    static final String MEDIA_TYPE = "application/x-protobuf";

    private final String message;

    WriteProtocol(String message) {
        this.message = message;
    }

    /** The Content-Type that asks for it. */
    public String contentType() {
        return MEDIA_TYPE + ";proto=" + message;
    }

    /**
     * @param contentType the header's value; empty is the 1.0 message, and so is a type that names no message
     * @return empty if it is neither
     */
    static Optional<WriteProtocol> of(String contentType) {
        if (contentType.isBlank()) {
            return Optional.of(V1);
        }
        return MediaType.parse(contentType)
                .filter(media -> media.type().equals(MEDIA_TYPE))
                .flatMap(media -> named(media.parameters().getOrDefault("proto", V1.message)));
    }

    private static Optional<WriteProtocol> named(String message) {
        for (WriteProtocol protocol : values()) {
            if (protocol.message.equals(message)) {
                return Optional.of(protocol);
            }
        }
        return Optional.empty();
    }
}
