package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.Messages.varint;

import io.promgres.codec.proto.WriteV2.Request;
import io.promgres.codec.proto.WriteV2.Sample;
import io.promgres.codec.proto.WriteV2.TimeSeries;
import java.util.LinkedHashMap;
import java.util.Map;

/** Messages of remote write 2.0 for tests: by the generated classes where they are valid, byte by byte where not. */
public final class MessagesV2 {

    private final Request.Builder request = Request.newBuilder();
    private final Map<String, Integer> symbols = new LinkedHashMap<>();

    public MessagesV2() {
        ref("");
    }

    /** The reference of a symbol, which is added if it is new. */
    int ref(String symbol) {
        Integer known = symbols.get(symbol);
        if (known != null) {
            return known;
        }
        symbols.put(symbol, symbols.size());
        request.addSymbols(symbol);
        return symbols.size() - 1;
    }

    /** A series to be filled. */
    public TimeSeries.Builder series(String... namesAndValues) {
        TimeSeries.Builder series = request.addTimeseriesBuilder();
        for (String symbol : namesAndValues) {
            series.addLabelsRefs(ref(symbol));
        }
        return series;
    }

    public MessagesV2 add(long time, double value, String... namesAndValues) {
        series(namesAndValues).addSamples(sample(time, value));
        return this;
    }

    public byte[] bytes() {
        return request.build().toByteArray();
    }

    public static Sample sample(long time, double value) {
        return Sample.newBuilder().setTimestamp(time).setValue(value).build();
    }

    /** The fields of a symbol table, the empty symbol first. */
    static byte[] symbolFields(String... symbols) {
        byte[] fields = field(4, "");
        for (String symbol : symbols) {
            fields = join(fields, field(4, symbol));
        }
        return fields;
    }

    /** The references as a packed field. */
    static byte[] packedRefs(int... refs) {
        byte[] packed = {};
        for (int ref : refs) {
            packed = join(packed, varint(ref & 0xffff_ffffL));
        }
        return field(1, packed);
    }

    /** The references as a field each. */
    static byte[] unpackedRefs(int... refs) {
        byte[] fields = {};
        for (int ref : refs) {
            fields = join(fields, Messages.bytes(8), varint(ref & 0xffff_ffffL));
        }
        return fields;
    }

    /** The Sample field of a TimeSeries. */
    static byte[] sampleField(long time, double value) {
        return field(2, sample(time, value).toByteArray());
    }
}
