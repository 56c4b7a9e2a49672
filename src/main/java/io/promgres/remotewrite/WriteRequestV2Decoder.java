package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SnappyBlock;
import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.MetadataIndex;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.model.SeriesIndex;
import io.promgres.model.StartIndex;
import io.promgres.model.SymbolIndex;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Decodes remote write 2.0: a snappy block that holds an {@code io.prometheus.write.v2.Request}.
 *
 * <p>Each symbol is looked up once for a request and becomes a number; the numbers of a series' symbols are the key by which
 * it is recognised ({@link RefKey}). So a label of a known series costs two array reads and a store, and its text is not
 * looked at. The message is walked twice, because symbols may stand after the series that refer to them; the first walk
 * skips over the series.
 *
 * <p>The start of a series is read in both layouts: field 6 of the series before release candidate 4, field 3 of the sample
 * since; that of a histogram (field 17 of it) is kept with the histogram.
 */
public final class WriteRequestV2Decoder implements WriteDecoder {

    private static final int REQUEST_SYMBOL = 4 << 3 | Cursor.LENGTH;
    private static final int REQUEST_SERIES = 5 << 3 | Cursor.LENGTH;
    private static final int REQUEST_FIELDS = 1 << 4 | 1 << 5;

    private static final int SERIES_REFS = 1 << 3 | Cursor.LENGTH;
    private static final int SERIES_REF = 1 << 3 | Cursor.VARINT;
    private static final int SERIES_SAMPLE = 2 << 3 | Cursor.LENGTH;
    private static final int SERIES_HISTOGRAM = 3 << 3 | Cursor.LENGTH;
    private static final int SERIES_EXEMPLAR = 4 << 3 | Cursor.LENGTH;
    private static final int SERIES_METADATA = 5 << 3 | Cursor.LENGTH;
    private static final int SERIES_CREATED = 6 << 3 | Cursor.VARINT;
    private static final int SERIES_FIELDS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6;

    private final SnappyBlock snappy;
    private final Cursor in = new Cursor();
    private final Symbols symbols;
    private final RefKey key;
    private final ExemplarReader exemplars = new ExemplarReader();
    private final HistogramReader histograms = new HistogramReader();
    private final RefMetadata metadata;
    private final ReplicaAndTenantFilter identity;
    private final RequestSize size;
    private final SeriesBuffer series;
    private final SeriesCollector collector;
    private final SymbolIndex symbolIndex;

    /** See {@link RefKey#end}. */
    private long keySuffix;

    /**
     * @param index of the known series
     * @param symbolIndex that numbers symbols; the same one for all decoders that share {@code index}
     * @param clock the samples' times are compared with
     */
    public WriteRequestV2Decoder(
            SeriesIndex index,
            SymbolIndex symbolIndex,
            MetadataIndex metadataIndex,
            StartIndex startIndex,
            Limits limits,
            InstantSource clock) {
        this(index, symbolIndex, metadataIndex, startIndex, limits, clock, SenderRules.NONE);
    }

    /** @param rules about who sends what, see {@link #sentBy} */
    public WriteRequestV2Decoder(
            SeriesIndex index,
            SymbolIndex symbolIndex,
            MetadataIndex metadataIndex,
            StartIndex startIndex,
            Limits limits,
            InstantSource clock,
            SenderRules rules) {
        this.symbolIndex = symbolIndex;
        identity = new ReplicaAndTenantFilter(rules);
        snappy = new SnappyBlock(limits.maxDecodedBytes());
        symbols = new Symbols(symbolIndex);
        key = new RefKey(limits.maxLabels());
        metadata = new RefMetadata(metadataIndex, symbols, limits);
        RefLabels labels = new RefLabels(key, symbols, limits);
        size = new RequestSize(limits);
        series = new SeriesBuffer(labels, size);
        collector = new SeriesCollector(
                new SeriesCollector.Known(index, startIndex),
                new SeriesCollector.Terms(limits, clock, identity),
                labels,
                size);
    }

    private static final class RefLabels implements SeriesBuffer.Labels {
        private final RefKey key;
        private final Symbols symbols;
        private final LabelFields fields;

        RefLabels(RefKey key, Symbols symbols, Limits limits) {
            this.key = key;
            this.symbols = symbols;
            fields = new LabelFields(limits.maxLabels());
        }

        @Override
        public LabelFields read() {
            fields.read(key, symbols);
            return fields;
        }

        @Override
        public long find(SeriesIndex index) {
            return key.isComplete() ? index.find(key.bytes(), 0, key.length()) : SeriesAddress.UNKNOWN;
        }

        @Override
        public byte[] copyOfKey() {
            return key.copy();
        }
    }

    @Override
    public WriteRequestV2Decoder sentBy(Sender sender) {
        identity.beginRequest(sender);
        byte[] suffix = identity.keySuffix().getBytes(StandardCharsets.UTF_8);
        keySuffix = suffix.length == 0 ? 0 : symbolIndex.idOf(suffix, 0, suffix.length);
        return this;
    }

    @Override
    public WriteRequestV2Decoder within(RequestSize.Room room) {
        size.claimFrom(room);
        return this;
    }

    @Override
    public DecodedWrite decode(byte[] body, int offset, int length, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException {
        int bytes = snappy.decompress(body, offset, length);
        return decodeMessage(snappy.bytes(), 0, bytes, into);
    }

    /** As {@link #decode}, of a message that is not compressed. */
    DecodedWrite decodeMessage(byte[] message, int from, int to, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException {
        boolean complete = false;
        size.beginRequest(to - from);
        collector.beginRequest(into);
        symbols.reset(message);
        try {
            in.reset(message, from, to);
            in.reset(message, readSymbols(), to);
            readAllSeries();
            complete = true;
        } finally {
            if (!complete) {
                collector.abandon();
                series.clear();
            }
        }
        DecodedWrite result = collector.result();
        series.clear();
        return result;
    }

    /** @return where the first series stands */
    private int readSymbols() throws MalformedBodyException, BodyTooLargeException {
        int firstSeries = -1;
        while (!in.atEnd()) {
            int fieldFrom = in.position();
            int tag = in.tag();
            switch (tag) {
                case REQUEST_SYMBOL -> {
                    int length = in.length();
                    size.addSymbol();
                    symbols.add(in.position(), in.position() + length);
                    in.skip(length);
                }
                case REQUEST_SERIES -> {
                    firstSeries = firstSeries < 0 ? fieldFrom : firstSeries;
                    in.skip(in.length());
                }
                default -> in.skipUnknown(tag, REQUEST_FIELDS);
            }
        }
        return firstSeries < 0 ? in.position() : firstSeries;
    }

    private void readAllSeries() throws MalformedBodyException, BodyTooLargeException {
        while (!in.atEnd()) {
            int tag = in.tag();
            if (tag == REQUEST_SERIES) {
                readSeries();
            } else {
                in.skipField(tag);
            }
        }
    }

    private void readSeries() throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        key.reset();
        metadata.reset();
        series.clear();
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case SERIES_REFS -> readRefs();
                case SERIES_REF -> key.add((int) in.varint(), symbols);
                case SERIES_SAMPLE -> SampleReader.read(in, SampleReader.WITH_START, series);
                case SERIES_HISTOGRAM -> histograms.read(in, series);
                case SERIES_EXEMPLAR -> exemplars.read(in, symbols, series);
                case SERIES_METADATA -> metadata.read(in);
                case SERIES_CREATED -> series.setCreated(in.varint());
                default -> in.skipUnknown(tag, SERIES_FIELDS);
            }
        }
        in.leave(outerEnd);
        endSeries();
    }

    private void readRefs() throws MalformedBodyException {
        int outerEnd = in.enter();
        while (!in.atEnd()) {
            key.add(in.ref(), symbols);
        }
        in.leave(outerEnd);
    }

    private void endSeries() throws MalformedBodyException, BodyTooLargeException {
        if (!key.isValid() || !metadata.isValid()) {
            collector.reject(Reason.BAD_REFERENCE, series.counts(), -1);
            return;
        }
        key.end(keySuffix);
        boolean empty = series.isEmpty();
        if (!collector.accept(series)) {
            return;
        }
        if (metadata.isSent()) {
            metadata.addTo(collector, key, series.histograms().size() > 0);
        } else if (empty) {
            collector.reject(Reason.NO_DATA, Counts.NONE, -1);
        }
    }
}
