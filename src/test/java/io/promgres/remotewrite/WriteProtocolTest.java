package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteProtocolTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "application/x-protobuf",
                "APPLICATION/X-PROTOBUF",
                "application/x-protobuf;charset=utf-8",
                "application/x-protobuf; proto=\"prometheus.WriteRequest\""
            })
    void noTypeOrNoMessageOrTheOldMessageIsVersionOne(String contentType) {
        assertThat(WriteProtocol.of(contentType)).contains(WriteProtocol.V1);
    }

    @Test
    void theNewMessageIsVersionTwoWithABlankToo() {
        assertThat(WriteProtocol.of("application/x-protobuf; proto=io.prometheus.write.v2.Request"))
                .contains(WriteProtocol.V2);
    }

    @ParameterizedTest
    @EnumSource
    void everyProtocolRecognisesItsOwnContentType(WriteProtocol protocol) {
        assertThat(WriteProtocol.of(protocol.contentType())).contains(protocol);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "image/png",
                "application/x-protobuf;proto=prometheus.writerequest",
                "application/x-protobuf;proto=\"\"",
                "application/x-protobuf;proto"
            })
    void anythingElseIsNeither(String contentType) {
        assertThat(WriteProtocol.of(contentType)).isEmpty();
    }
}
