package io.promgres.security;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Messages of the protocols that no sender means, and what they are made of. */
final class HostileMessages {

    static final int DEEP = 50_000;
    static final long NOW = System.currentTimeMillis();

    private HostileMessages() {}

    static LabelMatcher matcher(int type, String value) {
        return LabelMatcher.newBuilder()
                .setTypeValue(type)
                .setName("__name__")
                .setValue(value)
                .build();
    }

    static TimeSeries.Builder series() {
        return TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue("hostile"));
    }

    static TimeSeries.Builder sampled() {
        return series().addSamples(Sample.newBuilder().setTimestamp(NOW).setValue(1));
    }

    static Histogram.Builder histogram() {
        return Histogram.newBuilder().setTimestamp(NOW).setCountInt(1).setZeroCountInt(1);
    }

    static byte[] v1(TimeSeries.Builder series) {
        return WriteRequest.newBuilder().addTimeseries(series).build().toByteArray();
    }

    static Label notUtf8() {
        return Label.newBuilder()
                .setName("b")
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                2,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(new byte[] {-1, -2}))
                                        .build())
                        .build())
                .build();
    }

    /** What is no message: varints without an end, lengths beyond it, groups, field 0, nesting. */
    static List<byte[]> torn() {
        ByteArrayOutputStream nested = new ByteArrayOutputStream();
        for (int i = 0; i < DEEP; i++) {
            nested.writeBytes(new byte[] {0x0b, 0x0c});
        }
        ByteArrayOutputStream groups = new ByteArrayOutputStream();
        for (int i = 0; i < DEEP; i++) {
            groups.write(0x1b);
        }
        return List.of(
                new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                new byte[] {0x0a, -1, -1, -1, -1, 0x0f},
                new byte[] {0x0a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                new byte[] {0x0a, 5, 0},
                new byte[] {0, 0},
                new byte[] {0x07},
                new byte[] {0x0a, 2, 0x12, 0x7f},
                nested.toByteArray(),
                groups.toByteArray());
    }
}
