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
 * Decodes remote write 2.0: a snappy block that holds an {@code io.prometheus.write.v2.Request}. Use, ownership and
 * guarantees are those of {@link WriteRequestDecoder}.
 *
 * <p>Each symbol is looked up once for a request and becomes a number; the numbers of a series' symbols are the key by which
 * it is recognised ({@link RefKey}). So a label of a known series costs two array reads and a store, and its text is not
 * looked at. The message is walked twice, because symbols may stand after the series that refer to them; the first walk
 * skips over the series.
 *
 * <p>The start of a series is read in both layouts: field 6 of the series before release candidate 4, field 3 of the sample
 * since; that of a histogram (field 17 of it) is kept with the histogram.
 */
public final class WriteRequestV2Decoder {

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

    private static final int SAMPLE_FIELDS = 1 << 1 | 1 << 2 | 1 << 3;

    private final SeriesIndex index;
    private final Limits limits;
    private final SnappyBlock snappy;
    private final Cursor in = new Cursor();
    private final Symbols symbols;
    private final RefKey key;
    private final RefMetadata metadata;
    private final SeriesCollector intake;
    private final ReplicaAndTenantFilter identity;
    private final DecodedBytes memory = new DecodedBytes();
    private final SymbolIndex symbolIndex;

    /** See {@link RefKey#end}. */
    private long keySuffix;

    private long created;

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
        this.index = index;
        this.symbolIndex = symbolIndex;
        identity = new ReplicaAndTenantFilter(rules);
        this.limits = limits;
        snappy = new SnappyBlock(limits.maxDecodedBytes());
        symbols = new Symbols(symbolIndex);
        key = new RefKey(limits.maxLabels());
        metadata = new RefMetadata(metadataIndex, symbols, limits);
        intake = new SeriesCollector(
                limits,
                clock,
                new RefLabels(key, symbols, limits),
                startIndex,
                new SeriesCollector.Terms(identity, memory));
    }

    private static final class RefLabels implements SeriesCollector.Labels {
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
        public byte[] copyOfKey() {
            return key.copy();
        }
    }

    /** See {@link WriteRequestDecoder#sentBy}. */
    public WriteRequestV2Decoder sentBy(Sender sender) {
        identity.beginRequest(sender);
        byte[] suffix = identity.keySuffix().getBytes(StandardCharsets.UTF_8);
        keySuffix = suffix.length == 0 ? 0 : symbolIndex.idOf(suffix, 0, suffix.length);
        return this;
    }

    /** Says where the next requests claim what they take; there is no end of it if it was never said. */
    WriteRequestV2Decoder within(DecodedBytes.Room room) {
        memory.claimFrom(room);
        return this;
    }

    /** See {@link WriteRequestDecoder#decode}. */
    public DecodedWrite decode(byte[] body, int offset, int length, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException {
        int size = snappy.decompress(body, offset, length);
        return decodeMessage(snappy.bytes(), 0, size, into);
    }

    /** As {@link #decode}, of a message that is not compressed. */
    DecodedWrite decodeMessage(byte[] message, int from, int to, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException {
        boolean complete = false;
        memory.beginRequest(to - from);
        intake.beginRequest(into);
        symbols.reset(message);
        try {
            in.reset(message, from, to);
            in.reset(message, readSymbols(), to);
            readAllSeries();
            complete = true;
        } finally {
            if (!complete) {
                intake.abandon();
            }
        }
        index.lookedUp(intake.hits(), intake.misses());
        return intake.result();
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
                    memory.add(DecodedBytes.SYMBOL);
                    symbols.add(in.position(), in.position() + length);
                    in.skip(length);
                    if (symbols.size() > limits.maxSamples()) {
                        throw new BodyTooLargeException(
                                "the request holds more than " + limits.maxSamples() + " symbols");
                    }
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
        intake.beginSeries();
        created = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case SERIES_REFS -> readRefs();
                case SERIES_REF -> key.add((int) in.varint(), symbols);
                case SERIES_SAMPLE -> intake.readSample(in, SAMPLE_FIELDS);
                case SERIES_HISTOGRAM -> intake.beside().readHistogram(in);
                case SERIES_EXEMPLAR -> intake.beside().readExemplar(in, symbols);
                case SERIES_METADATA -> metadata.read(in);
                case SERIES_CREATED -> created = in.varint();
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
            intake.reject(Reason.BAD_REFERENCE, intake.sent(), -1);
            return;
        }
        key.end(keySuffix);
        if (!intake.admits()) {
            return;
        }
        intake.beside().endSeries(created);
        if (intake.samples() > 0) {
            long address = key.isComplete() ? index.find(key.bytes(), 0, key.length()) : SeriesAddress.UNKNOWN;
            intake.endSeries(address);
            intake.endStarts(created, address);
        } else if (intake.sent().total() == 0 && !metadata.isSent()) {
            intake.reject(Reason.NO_DATA, Counts.NONE, -1);
        }
        if (metadata.isSent()) {
            metadata.addTo(intake, key);
        }
    }
}
