package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.DecodedWrite;
import io.promgres.model.SampleBatch;
import io.promgres.replica.UndecidedException;

/**
 * Decodes the requests of a protocol: fills a {@link SeriesBuffer} with each series in turn, and gives it to a {@link
 * SeriesCollector}.
 *
 * <p>One thread at a time; reuse it, it keeps its buffers. Nothing in the result refers to the body or to the decoder: both
 * may be used again at once. The samples of known series go into a batch that the caller owns and may reuse when it is done
 * with the result. All or nothing: a body that ends in an exception leaves the batch as it was.
 */
interface WriteDecoder {

    /** Says whose the next requests are; {@link Sender#ANY} if it was never said. */
    WriteDecoder sentBy(Sender sender);

    /** Says where the next requests claim what they take; there is no end of it if it was never said. */
    WriteDecoder within(RequestSize.Room room);

    /**
     * Decodes the body that stands in {@code body[offset, offset + length)}.
     *
     * @param into gets the samples of known series appended; it is the result's {@link DecodedWrite#known}
     * @throws MalformedBodyException if the body is not snappy, or not the message
     * @throws BodyTooLargeException if it declares more bytes, or holds more samples, than the limits allow
     * @throws NoRoomException if it unfolds into more than there is room for
     * @throws UndecidedException if it is not known which replica leads
     */
    DecodedWrite decode(byte[] body, int offset, int length, SampleBatch into)
            throws MalformedBodyException, BodyTooLargeException;
}
