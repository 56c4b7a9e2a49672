package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SnappyBlock;
import io.promgres.model.DecodedWrite;
import io.promgres.model.MetadataIndex;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesIndex;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Decodes remote write 1.0: a snappy block that holds a {@code prometheus.WriteRequest}.
 *
 * <p>A known series is recognised by the bytes of its labels as they stand on the wire. They were validated when it was not
 * known, so that they are not looked into again and no text is made of them. Samples of a series that cannot be stored are
 * counted in {@link io.promgres.model.Rejections} and do not hinder the others. Fields that the message
 * does not have are read over; a series with nothing but those is not a series yet.
 */
public final class WriteRequestDecoder implements WriteDecoder {

    private static final int REQUEST_SERIES = 1 << 3 | Cursor.LENGTH;
    private static final int REQUEST_METADATA = 3 << 3 | Cursor.LENGTH;
    private static final int REQUEST_FIELDS = 1 << 1 | 1 << 3;

    private static final int SERIES_LABEL = 1 << 3 | Cursor.LENGTH;
    private static final int SERIES_SAMPLE = 2 << 3 | Cursor.LENGTH;
    private static final int SERIES_EXEMPLAR = 3 << 3 | Cursor.LENGTH;
    private static final int SERIES_HISTOGRAM = 4 << 3 | Cursor.LENGTH;
    private static final int SERIES_FIELDS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4;

    private final SnappyBlock snappy;
    private final Cursor in = new Cursor();
    private final SeriesKey key = new SeriesKey();
    private final ExemplarReader exemplars = new ExemplarReader();
    private final HistogramReader histograms = new HistogramReader();
    private final MetadataFields metadata;
    private final ReplicaAndTenantFilter identity;
    private final RequestSize size;
    private final SeriesBuffer series;
    private final SeriesCollector collector;

    /** See {@link SeriesKey#end}: a field that is no label. */
    private byte[] keySuffix = new byte[0];

    /**
     * @param index of the known series, for this thread
     * @param metadataIndex of the metadata that is stored
     * @param clock the samples' times are compared with
     */
    public WriteRequestDecoder(SeriesIndex index, MetadataIndex metadataIndex, Limits limits, InstantSource clock) {
        this(index, metadataIndex, limits, clock, SenderRules.NONE);
    }

    /** @param rules about who sends what, see {@link #sentBy} */
    public WriteRequestDecoder(
            SeriesIndex index, MetadataIndex metadataIndex, Limits limits, InstantSource clock, SenderRules rules) {
        identity = new ReplicaAndTenantFilter(rules);
        snappy = new SnappyBlock(limits.maxDecodedBytes());
        metadata = new MetadataFields(metadataIndex, limits);
        KeyLabels labels = new KeyLabels(key, limits);
        size = new RequestSize(limits);
        series = new SeriesBuffer(labels, size);
        // Only 2.0 has starts.
        collector = new SeriesCollector(
                new SeriesCollector.Known(index, (address, start) -> true),
                new SeriesCollector.Terms(limits, clock, identity),
                labels,
                size);
    }

    private static final class KeyLabels implements SeriesBuffer.Labels {
        private final SeriesKey key;
        private final LabelFields fields;

        KeyLabels(SeriesKey key, Limits limits) {
            this.key = key;
            fields = new LabelFields(limits.maxLabels());
        }

        @Override
        public LabelFields read() throws MalformedBodyException {
            fields.read(key);
            return fields;
        }

        @Override
        public long find(SeriesIndex index) {
            return index.find(key.bytes(), key.from(), key.to());
        }

        @Override
        public byte[] copyOfKey() {
            return key.copy();
        }
    }

    @Override
    public WriteRequestDecoder sentBy(Sender sender) {
        identity.beginRequest(sender);
        keySuffix = identity.keySuffix().getBytes(StandardCharsets.UTF_8);
        return this;
    }

    @Override
    public WriteRequestDecoder within(RequestSize.Room room) {
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
        in.reset(message, from, to);
        try {
            readRequest();
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

    private void readRequest() throws MalformedBodyException, BodyTooLargeException {
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case REQUEST_SERIES -> readSeries();
                case REQUEST_METADATA -> metadata.read(in, collector);
                default -> in.skipUnknown(tag, REQUEST_FIELDS);
            }
        }
    }

    private void readSeries() throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        key.reset(in.bytes());
        series.clear();
        while (!in.atEnd()) {
            int fieldFrom = in.position();
            int tag = in.tag();
            switch (tag) {
                case SERIES_LABEL -> {
                    in.skip(in.length());
                    in.skipRun(SERIES_LABEL);
                    key.add(fieldFrom, in.position());
                }
                case SERIES_SAMPLE -> SampleReader.read(in, SampleReader.WITHOUT_START, series);
                case SERIES_EXEMPLAR -> exemplars.read(in, null, series);
                case SERIES_HISTOGRAM -> histograms.read(in, series);
                default -> in.skipUnknown(tag, SERIES_FIELDS);
            }
        }
        in.leave(outerEnd);
        endSeries();
    }

    private void endSeries() throws MalformedBodyException {
        key.end(keySuffix);
        boolean empty = series.isEmpty();
        if (collector.accept(series) && empty) {
            // The labels of a series without data are checked as well.
            series.labels().read();
        }
    }
}
