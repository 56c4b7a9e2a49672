package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.Messages.labels;
import static io.promgres.remotewrite.Messages.request;
import static io.promgres.remotewrite.Messages.sample;
import static io.promgres.remotewrite.Messages.sampleField;
import static io.promgres.remotewrite.Messages.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.proto.Types.TimeSeries;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Bodies that are no request of remote write 1.0, or too much of one. */
class MalformedRequestTest extends DecoderFixture {

    @Test
    void moreSamplesThanTheLimitAreTooManyAndNothingIsDecoded() throws Exception {
        index.put(only(decode(request(series("up", T, 1)))).key(), 1);
        TimeSeries.Builder sent = labels("__name__", "up");
        for (int i = 0; i < 600; i++) {
            sent.addSamples(sample(T, i));
        }
        byte[] message = request(sent.build(), sent.build());
        assertThatThrownBy(() -> decode(message)).isInstanceOf(BodyTooLargeException.class);
        assertThat(batch.size()).isZero();
    }

    @Test
    void malformedMessagesAreRefusedAndNothingIsDecoded() throws Exception {
        byte[] good = request(series("up", T, 1));
        index.put(only(decode(good)).key(), 1);
        byte[][] malformed = {
            bytes(0x0a),
            bytes(0x0a, 5, 1),
            bytes(0x0a, 0x80),
            bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
            bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07),
            bytes(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00),
            bytes(0x00, 0x01),
            bytes(0x02, 0x00),
            bytes(0x07),
            bytes(0x0e, 0),
            bytes(0x0f, 0),
            bytes(0x08, 1),
            bytes(0x1d, 0, 0, 0, 0),
            bytes(0x80, 0x80, 0x80, 0x80, 0x10, 0),
            bytes(0x7b),
            bytes(0x7c),
            bytes(0x7b, 0x74),
            bytes(0x7d, 0, 0, 0),
            bytes(0x79, 0, 0, 0, 0, 0, 0, 0),
            field(1, bytes(0x08, 1)),
            field(1, bytes(0x12, 2, 0x09, 0)),
            field(1, bytes(0x12, 2, 0x10, 0x80)),
            field(1, bytes(0x12, 2, 0x0a, 0)),
            field(1, bytes(0x12, 2, 0x11, 0)),
            field(1, bytes(0x12, 9)),
            field(1, field(1, bytes(0x0a, 9)), sampleField(T, 1)),
            field(1, field(1, bytes(0x08, 1)), sampleField(T, 1)),
            field(1, field(1, bytes(0x0a, 9))),
            field(1, field(3, bytes(0x0a, 9))),
            field(1, field(4, bytes(0x07))),
            field(3, bytes(0x0a, 9)),
        };
        for (byte[] tail : malformed) {
            assertThatThrownBy(() -> decode(join(good, tail)))
                    .as(Arrays.toString(tail))
                    .isInstanceOf(MalformedBodyException.class);
            assertThat(batch.size()).isZero();
        }
    }

    @Test
    void groupsThatAreVeryDeepAreMalformedAndDoNotOverflowTheStack() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x7b);
        assertThatThrownBy(() -> decode(deep)).isInstanceOf(MalformedBodyException.class);
    }

    @Test
    void everyTruncatedMessageIsRefusedUnlessItEndsBetweenSeries() throws Exception {
        byte[] first = request(
                labels("__name__", "up", "a", "1").addSamples(sample(T, 1)).build());
        byte[] message = join(first, first);
        for (int length = 1; length < message.length; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            if (length == first.length) {
                assertThat(decode(cut).unknown()).hasSize(1);
            } else {
                assertThatThrownBy(() -> decode(cut)).isInstanceOf(MalformedBodyException.class);
            }
        }
    }

    @Test
    void aBodyThatIsNotSnappyIsMalformed() {
        byte[] body = request(series("up", T, 1));
        assertThatThrownBy(() -> decoder.decode(body, 0, body.length, batch))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessageContaining("snappy");
    }

    @Test
    void aMistakeDoesNotSpoilTheNextRequest() throws Exception {
        byte[] good = request(series("up", T, 1));
        assertThatThrownBy(() -> decode(join(good, bytes(0x0a, 9)))).isInstanceOf(MalformedBodyException.class);
        assertThat(decode(good).unknown()).hasSize(1);
    }
}
