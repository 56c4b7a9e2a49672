package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.MetadataIndex;
import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.Rejections.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The metadata of one 2.0 series: recognised by the numbers of its symbols, so that what is stored costs no text. */
final class RefMetadata {

    private static final int TYPE = 1 << 3 | Cursor.VARINT;
    private static final int HELP = 3 << 3 | Cursor.VARINT;
    private static final int UNIT = 4 << 3 | Cursor.VARINT;
    private static final int FIELDS = 1 << 1 | 1 << 3 | 1 << 4;

    private static final Map<MetricMetadata.Type, List<byte[]>> SUFFIXES = Map.of(
            MetricMetadata.Type.HISTOGRAM, suffixes("_bucket", "_count", "_sum"),
            MetricMetadata.Type.GAUGEHISTOGRAM, suffixes("_bucket", "_gcount", "_gsum", "_count", "_sum"),
            MetricMetadata.Type.SUMMARY, suffixes("_count", "_sum"));

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int KEY_LENGTH = 2 + 3 * RefKey.WIDTH;

    private final MetadataIndex index;
    private final Symbols symbols;
    private final MetadataText text;
    private final byte[] key = new byte[KEY_LENGTH + Long.BYTES];

    private boolean sent;
    private long type;
    private int help;
    private int unit;

    RefMetadata(MetadataIndex index, Symbols symbols, Limits limits) {
        this.index = index;
        this.symbols = symbols;
        text = new MetadataText(limits);
    }

    void reset() {
        sent = false;
        type = 0;
        help = 0;
        unit = 0;
    }

    void read(Cursor in) throws MalformedBodyException {
        sent = true;
        int outerEnd = in.enter();
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case TYPE -> type = in.varint();
                case HELP -> help = (int) in.varint();
                case UNIT -> unit = (int) in.varint();
                default -> in.skipUnknown(tag, FIELDS);
            }
        }
        in.leave(outerEnd);
    }

    /** Whether it was sent and says anything. */
    boolean isSent() {
        return sent;
    }

    /** None, or one whose references lead to symbols. */
    boolean isValid() {
        return !sent || symbols.has(help) && symbols.has(unit);
    }

    /**
     * Adds it, if it was sent, says something, is not known and has a name.
     *
     * @param ofHistograms whether the series has native histograms
     */
    void addTo(SeriesCollector collector, RefKey series, boolean ofHistograms)
            throws MalformedBodyException, BodyTooLargeException {
        int name = metricName(series);
        if (name < 0 || type == 0 && isEmpty(help) && isEmpty(unit)) {
            return;
        }
        // The key begins with a byte that no message begins with: 1.0 metadata is recognised by its message.
        key[1] = (byte) MetricMetadata.Type.ofNumber(type).ordinal();
        LONG.set(key, 2, symbols.id(name));
        LONG.set(key, 2 + RefKey.WIDTH, symbols.id(help));
        LONG.set(key, 2 + 2 * RefKey.WIDTH, symbols.id(unit));
        if (index.isKnown(key, 0, KEY_LENGTH)) {
            return;
        }
        MetricMetadata metadata =
                text.of(symbols.bytes(), family(name, ofHistograms), type, bounds(unit), bounds(help));
        if (metadata == null) {
            collector.reject(Reason.INVALID_METADATA, Counts.NONE, -1);
        } else {
            collector.addMetadata(new NewMetadata(Arrays.copyOf(key, KEY_LENGTH), metadata));
        }
    }

    /**
     * The name of the family. Series of a classic histogram or a summary have a suffix behind it, unless they are the
     * quantiles; a series with native histograms has none, however it is called.
     */
    private MetadataText.Bounds family(int name, boolean ofHistograms) {
        MetadataText.Bounds whole = bounds(name);
        if (ofHistograms) {
            return whole;
        }
        for (byte[] suffix : SUFFIXES.getOrDefault(MetricMetadata.Type.ofNumber(type), List.of())) {
            int from = whole.to() - suffix.length;
            if (from > whole.from() && Arrays.equals(symbols.bytes(), from, whole.to(), suffix, 0, suffix.length)) {
                return new MetadataText.Bounds(whole.from(), from);
            }
        }
        return whole;
    }

    private static List<byte[]> suffixes(String... suffixes) {
        return Stream.of(suffixes)
                .map(suffix -> suffix.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private boolean isEmpty(int ref) {
        return symbols.from(ref) == symbols.to(ref);
    }

    private MetadataText.Bounds bounds(int ref) {
        return new MetadataText.Bounds(symbols.from(ref), symbols.to(ref));
    }

    /** The reference of the metric's name, -1 if the series has none. */
    private int metricName(RefKey series) {
        for (int label = 0; label < series.labels(); label++) {
            if (symbols.isMetricName(series.nameRef(label))) {
                return series.valueRef(label);
            }
        }
        return -1;
    }
}
