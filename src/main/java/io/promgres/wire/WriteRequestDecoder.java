package io.promgres.wire;

import io.promgres.model.DecodedWrite;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.model.SeriesIndex;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes remote write 1.0: a snappy block that holds a {@code prometheus.WriteRequest}.
 *
 * <p>One thread at a time; reuse it, it keeps its buffers. Nothing in the result refers to the body or to this object: both
 * may be used again at once. The samples of known series go into a batch that the caller owns and may reuse when it is done
 * with the result. All or nothing: a body that ends in an exception leaves the batch as it was.
 *
 * <p>A known series is recognised by the bytes of its labels as they stand on the wire. They were validated when it was not
 * known, so that nobody looks into them again and no text is made of them. Samples of a series that cannot be stored are
 * counted in {@link Rejections} and do not hinder the others. Exemplars, histograms, metadata and fields that the message
 * does not have are read over; a series with nothing but those is not a series yet.
 */
public final class WriteRequestDecoder {

    /** 0001-01-01 to 9999-12-31: times that PostgreSQL and the date types of its clients can hold. */
    private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private static final int REQUEST_SERIES = 1 << 3 | Cursor.LENGTH;
    private static final int REQUEST_METADATA = 3 << 3 | Cursor.LENGTH;
    private static final int REQUEST_FIELDS = 1 << 1 | 1 << 3;

    private static final int SERIES_LABEL = 1 << 3 | Cursor.LENGTH;
    private static final int SERIES_SAMPLE = 2 << 3 | Cursor.LENGTH;
    private static final int SERIES_EXEMPLAR = 3 << 3 | Cursor.LENGTH;
    private static final int SERIES_HISTOGRAM = 4 << 3 | Cursor.LENGTH;
    private static final int SERIES_FIELDS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4;

    private static final int SAMPLE_VALUE = 1 << 3 | Cursor.FIXED64;
    private static final int SAMPLE_TIME = 2 << 3 | Cursor.VARINT;
    private static final int SAMPLE_FIELDS = 1 << 1 | 1 << 2;

    private final SeriesIndex index;
    private final Limits limits;
    private final InstantSource clock;

    private final SnappyBlock snappy;
    private final Cursor in = new Cursor();
    private final SeriesKey key = new SeriesKey();
    private final SeriesSamples samples = new SeriesSamples();
    private final LabelFields labelFields;
    private final LabelSets labelSets;

    private SampleBatch known;
    private List<NewSeries> unknown;
    private Rejections rejections;
    private long latest;
    private int samplesSent;
    private int hits;
    private int misses;

    /**
     * @param index of the known series, for this thread
     * @param clock the samples' times are compared with
     */
    public WriteRequestDecoder(SeriesIndex index, Limits limits, InstantSource clock) {
        this.index = index;
        this.limits = limits;
        this.clock = clock;
        snappy = new SnappyBlock(limits.maxDecodedBytes());
        labelFields = new LabelFields(limits.maxLabels());
        labelSets = new LabelSets(limits);
    }

    /**
     * Decodes the body that stands in {@code body[offset, offset + length)}.
     *
     * @param into gets the samples of known series appended; it is the result's {@link DecodedWrite#known}
     * @throws MalformedBodyException if the body is not snappy, or not the message
     * @throws BodyTooLargeException if it declares more bytes, or holds more samples, than the limits allow
     */
    public DecodedWrite decode(byte[] body, int offset, int length, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException {
        int size = snappy.decompress(body, offset, length);
        return decodeMessage(snappy.bytes(), 0, size, into);
    }

    /** As {@link #decode}, of a message that is not compressed. */
    DecodedWrite decodeMessage(byte[] message, int from, int to, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException {
        int sizeBefore = into.size();
        boolean complete = false;
        begin(into);
        in.reset(message, from, to);
        try {
            readRequest();
            complete = true;
        } finally {
            if (!complete) {
                into.truncate(sizeBefore);
            }
        }
        index.lookedUp(hits, misses);
        return new DecodedWrite(known, unknown, rejections);
    }

    private void begin(SampleBatch into) {
        known = into;
        unknown = List.of();
        rejections = new Rejections();
        latest = latestAccepted();
        samplesSent = 0;
        hits = 0;
        misses = 0;
    }

    private long latestAccepted() {
        long now = clock.millis();
        long ahead = limits.maxAhead().toMillis();
        return ahead > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + ahead;
    }

    private void readRequest() throws MalformedBodyException, BodyTooLargeException {
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case REQUEST_SERIES -> readSeries();
                case REQUEST_METADATA -> in.skipMessage();
                default -> in.skipUnknown(tag, REQUEST_FIELDS);
            }
        }
    }

    private void readSeries() throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        key.reset(in.bytes());
        samples.clear();
        while (!in.atEnd()) {
            int fieldFrom = in.position();
            int tag = in.tag();
            switch (tag) {
                case SERIES_LABEL -> {
                    in.skip(in.length());
                    in.skipRun(SERIES_LABEL);
                    key.add(fieldFrom, in.position());
                }
                case SERIES_SAMPLE -> readSample();
                case SERIES_EXEMPLAR, SERIES_HISTOGRAM -> in.skipMessage();
                default -> in.skipUnknown(tag, SERIES_FIELDS);
            }
        }
        in.leave(outerEnd);
        addSeries();
    }

    private void readSample() throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        long time = 0;
        long bits = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case SAMPLE_VALUE -> bits = in.fixed64();
                case SAMPLE_TIME -> time = in.varint();
                default -> in.skipUnknown(tag, SAMPLE_FIELDS);
            }
        }
        in.leave(outerEnd);
        if (++samplesSent > limits.maxSamples()) {
            throw new BodyTooLargeException("the request holds more than " + limits.maxSamples() + " samples");
        }
        samples.add(time, bits);
    }

    private void addSeries() throws MalformedBodyException {
        if (samples.size() == 0) {
            labelFields.read(key);
            return;
        }
        long address = index.find(key.bytes(), key.from(), key.to());
        if (address == SeriesAddress.UNKNOWN) {
            misses++;
            addUnknown();
        } else {
            hits++;
            addKnown(address);
        }
    }

    private void addKnown(long address) throws MalformedBodyException {
        dropUnstorableTimes();
        for (int i = 0; i < samples.size(); i++) {
            known.add(address, samples.time(i), samples.bits(i));
        }
    }

    private void addUnknown() throws MalformedBodyException {
        labelFields.read(key);
        Reason reason = labelSets.check(labelFields);
        if (reason != null) {
            String offender = rejections.isEmpty()
                    ? Offender.ofLabels(reason, labelFields, labelSets.offendingLabel(), limits)
                    : "";
            rejections.add(reason, samples.size(), offender);
            return;
        }
        dropUnstorableTimes();
        if (samples.size() > 0) {
            if (unknown.isEmpty()) {
                unknown = new ArrayList<>();
            }
            unknown.add(new NewSeries(key.copy(), labelSets.build(), samples.copyOfTimes(), samples.copyOfBits()));
        }
    }

    private void dropUnstorableTimes() throws MalformedBodyException {
        int kept = 0;
        for (int i = 0; i < samples.size(); i++) {
            long time = samples.time(i);
            if (time > latest) {
                rejectSample(Reason.TOO_FAR_AHEAD, time);
            } else if (time < EARLIEST || time > LATEST) {
                rejectSample(Reason.OUT_OF_RANGE, time);
            } else {
                samples.set(kept++, time, samples.bits(i));
            }
        }
        samples.truncate(kept);
    }

    private void rejectSample(Reason reason, long time) throws MalformedBodyException {
        String offender = "";
        if (rejections.isEmpty()) {
            labelFields.read(key);
            offender = Offender.ofTime(reason, labelFields, time, limits);
        }
        rejections.add(reason, 1, offender);
    }
}
