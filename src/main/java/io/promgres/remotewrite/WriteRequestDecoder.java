package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.SnappyBlock;
import io.promgres.model.DecodedWrite;
import io.promgres.model.MetadataIndex;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesIndex;
import io.promgres.replica.UndecidedException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Decodes remote write 1.0: a snappy block that holds a {@code prometheus.WriteRequest}.
 *
 * <p>One thread at a time; reuse it, it keeps its buffers. Nothing in the result refers to the body or to this object: both
 * may be used again at once. The samples of known series go into a batch that the caller owns and may reuse when it is done
 * with the result. All or nothing: a body that ends in an exception leaves the batch as it was.
 *
 * <p>A known series is recognised by the bytes of its labels as they stand on the wire. They were validated when it was not
 * known, so that nobody looks into them again and no text is made of them. Samples of a series that cannot be stored are
 * counted in {@link io.promgres.model.Rejections} and do not hinder the others. Fields that the message
 * does not have are read over; a series with nothing but those is not a series yet.
 */
public final class WriteRequestDecoder {

    private static final int REQUEST_SERIES = 1 << 3 | Cursor.LENGTH;
    private static final int REQUEST_METADATA = 3 << 3 | Cursor.LENGTH;
    private static final int REQUEST_FIELDS = 1 << 1 | 1 << 3;

    private static final int SERIES_LABEL = 1 << 3 | Cursor.LENGTH;
    private static final int SERIES_SAMPLE = 2 << 3 | Cursor.LENGTH;
    private static final int SERIES_EXEMPLAR = 3 << 3 | Cursor.LENGTH;
    private static final int SERIES_HISTOGRAM = 4 << 3 | Cursor.LENGTH;
    private static final int SERIES_FIELDS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4;

    private static final int SAMPLE_FIELDS = 1 << 1 | 1 << 2;

    private final SeriesIndex index;
    private final SnappyBlock snappy;
    private final Cursor in = new Cursor();
    private final SeriesKey key = new SeriesKey();
    private final KeyLabels labels;
    private final MetadataFields metadata;
    private final SeriesCollector intake;
    private final ReplicaAndTenantFilter identity;
    private final DecodedBytes memory = new DecodedBytes();

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
        this.index = index;
        identity = new ReplicaAndTenantFilter(rules);
        snappy = new SnappyBlock(limits.maxDecodedBytes());
        labels = new KeyLabels(key, limits);
        metadata = new MetadataFields(metadataIndex, limits);
        // Only 2.0 has starts.
        intake = new SeriesCollector(
                limits, clock, labels, (address, start) -> true, new SeriesCollector.Terms(identity, memory));
    }

    private static final class KeyLabels implements SeriesCollector.Labels {
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
        public byte[] copyOfKey() {
            return key.copy();
        }
    }

    /** Says whose the next requests are; {@link Sender#ANYBODY} if it was never said. */
    public WriteRequestDecoder sentBy(Sender sender) {
        identity.beginRequest(sender);
        keySuffix = identity.keySuffix().getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /** Says where the next requests claim what they take; there is no end of it if it was never said. */
    WriteRequestDecoder within(DecodedBytes.Room room) {
        memory.claimFrom(room);
        return this;
    }

    /**
     * Decodes the body that stands in {@code body[offset, offset + length)}.
     *
     * @param into gets the samples of known series appended; it is the result's {@link DecodedWrite#known}
     * @throws MalformedBodyException if the body is not snappy, or not the message
     * @throws BodyTooLargeException if it declares more bytes, or holds more samples, than the limits allow
     * @throws NoRoomException if it unfolds into more than there is room for
     * @throws UndecidedException if nobody says which replica leads
     */
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
        in.reset(message, from, to);
        try {
            readRequest();
            complete = true;
        } finally {
            if (!complete) {
                intake.abandon();
            }
        }
        index.lookedUp(intake.hits(), intake.misses());
        return intake.result();
    }

    private void readRequest() throws MalformedBodyException, BodyTooLargeException {
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case REQUEST_SERIES -> readSeries();
                case REQUEST_METADATA -> metadata.read(in, intake);
                default -> in.skipUnknown(tag, REQUEST_FIELDS);
            }
        }
    }

    private void readSeries() throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        key.reset(in.bytes());
        intake.beginSeries();
        while (!in.atEnd()) {
            int fieldFrom = in.position();
            int tag = in.tag();
            switch (tag) {
                case SERIES_LABEL -> {
                    in.skip(in.length());
                    in.skipRun(SERIES_LABEL);
                    key.add(fieldFrom, in.position());
                }
                case SERIES_SAMPLE -> intake.readSample(in, SAMPLE_FIELDS);
                case SERIES_EXEMPLAR -> intake.beside().readExemplar(in, null);
                case SERIES_HISTOGRAM -> intake.beside().readHistogram(in);
                default -> in.skipUnknown(tag, SERIES_FIELDS);
            }
        }
        in.leave(outerEnd);
        endSeries();
    }

    private void endSeries() throws MalformedBodyException {
        key.end(keySuffix);
        if (!intake.admits()) {
            return;
        }
        intake.beside().endSeries(0);
        if (intake.samples() == 0) {
            labels.read();
        } else {
            intake.endSeries(index.find(key.bytes(), key.from(), key.to()));
        }
    }
}
