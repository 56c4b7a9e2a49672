package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.model.LabelSet;

/**
 * How much a request holds. It is counted, and what its decoded form takes is estimated, while it grows: before it is there. What
 * is more than the message, which is claimed already, is claimed; a request that unfolds into more than there is ends in a
 * {@link NoRoomException}. One thread at a time.
 */
final class RequestSize {

    /** A histogram of two bytes takes some two hundred here. Prometheus sends 2,000 in a request unless told otherwise. */
    private static final int MOST_HISTOGRAMS = 1 << 17;

    /** An exemplar of two bytes takes some sixty here. */
    private static final int MOST_EXEMPLARS = 1 << 17;

    /** A piece of metadata of five bytes takes some two hundred here. Prometheus sends 2,000 in a request. */
    private static final int MOST_METADATA = 1 << 16;

    /** Times and bits of a sample, in the buffer of its series and in the batch, which grow by halves and by doubles. */
    private static final int SAMPLE = 64;

    private static final int SYMBOL = 24;
    private static final int START = 48;
    private static final int HISTOGRAM = 128;
    private static final int EXEMPLAR = 128;
    private static final int METADATA = 256;
    private static final int SERIES = 192;

    /** A String and its array, without its characters. */
    static final int TEXT = 48;

    /** Decoders do not keep the buffers that a larger message needs. */
    static final int LARGEST_KEPT = 4 << 20;

    // A request of one new series claims little, one of many is not asked for each.
    private static final int STEP = 1 << 12;
    private static final int GROWTH = 16;

    /** Gives room. */
    interface Room {

        Room ENDLESS = bytes -> true;

        /**
         * Claims more.
         *
         * @return whether it is there
         * @throws NoRoomException if so much is never there
         */
        boolean claim(long bytes);
    }

    private final int maxSamples;
    private Room room = Room.ENDLESS;
    private long taken;
    private long claimed;
    private int samples;
    private int symbols;
    private int exemplars;
    private int histograms;
    private int metadata;

    RequestSize(Limits limits) {
        maxSamples = limits.maxSamples();
    }

    /** From now on requests claim here. */
    void claimFrom(Room other) {
        room = other;
    }

    /** @param bytes of the message */
    void beginRequest(int bytes) {
        taken = 0;
        samples = 0;
        symbols = 0;
        exemplars = 0;
        histograms = 0;
        metadata = 0;
        // A large message is in memory beside what it becomes; a small one in a buffer that is there anyway.
        claimed = bytes <= LARGEST_KEPT ? bytes : 0;
    }

    void addSample() throws BodyTooLargeException {
        check(++samples, maxSamples, "samples");
        claim(SAMPLE);
    }

    void addSymbol() throws BodyTooLargeException {
        check(++symbols, maxSamples, "symbols");
        claim(SYMBOL);
    }

    /** @param bytes that its labels take */
    void addExemplar(long bytes) throws BodyTooLargeException {
        check(++exemplars, MOST_EXEMPLARS, "exemplars");
        claim(EXEMPLAR + bytes);
    }

    /** @param bytes that its stored form takes */
    void addHistogram(int bytes) throws BodyTooLargeException {
        check(++histograms, MOST_HISTOGRAMS, "histograms");
        claim(HISTOGRAM + bytes);
    }

    /** @param characters of its key and texts */
    void addMetadata(int characters) throws BodyTooLargeException {
        check(++metadata, MOST_METADATA, "new pieces of metadata");
        claim(METADATA + characters);
    }

    void addStarts(int count) {
        claim((long) count * START);
    }

    void addSeries(LabelSet labels) {
        claim(SERIES + 2L * TEXT * labels.size() + labels.characters());
    }

    /** @param bytes by which the index will recognise a series */
    void addKey(int bytes) {
        claim(bytes);
    }

    private static void check(int count, int most, String what) throws BodyTooLargeException {
        if (count > most) {
            throw new BodyTooLargeException("the request holds more than " + most + " " + what);
        }
    }

    private void claim(long bytes) {
        taken += bytes;
        if (taken > claimed) {
            long more = Math.max(taken - claimed, Math.max(STEP, claimed / GROWTH));
            if (!room.claim(more)) {
                throw NoRoomException.now();
            }
            claimed += more;
        }
    }
}
