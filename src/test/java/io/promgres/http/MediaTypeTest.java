package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-protobuf;proto=a.B",
                "application/x-protobuf; proto=a.B",
                "  Application/X-Protobuf \t;\t PROTO=a.B  ",
                "application/x-protobuf;proto=\"a.B\"",
                "application/x-protobuf;proto=\"a\\.B\"",
                "application/x-protobuf;;proto=a.B;",
                "application/x-protobuf;proto=a.B;proto=c.D"
            })
    void blanksCaseAndQuotesMakeNoDifference(String text) {
        assertThat(MediaType.parse(text)).contains(new MediaType("application/x-protobuf", Map.of("proto", "a.B")));
    }

    @Test
    void quotedValueKeepsSemicolonsAndEscapedQuotes() {
        assertThat(MediaType.parse("a/b;x=\"1; \\\"2\\\"\";y=3"))
                .contains(new MediaType("a/b", Map.of("x", "1; \"2\"", "y", "3")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "application",
                "application/",
                "/x",
                "a/b c",
                "a/b;x",
                "a/b;x=",
                "a/b;x=\"1",
                "a/b;x=\"1\\",
                "a/b;x=1 y=2",
                "a/b, c/d",
                "a/b;=1"
            })
    void whatIsNoMediaTypeIsNotGuessedAt(String text) {
        assertThat(MediaType.parse(text)).isEmpty();
    }
}
