package io.promgres.remotewrite;

import io.promgres.model.Counts;

/**
 * How a write request ended.
 *
 * @param written how much of it is stored, what was there already included
 * @param message what was wrong, in words for the sender's log; empty if nothing was
 * @param retryAfterSeconds only for {@link Kind#UNAVAILABLE}, else 0
 */
public record WriteOutcome(Kind kind, Counts written, String message, int retryAfterSeconds) {

    /** What can become of a write request. */
    public enum Kind {
        /** Every sample is committed. */
        STORED,
        /** Samples that cannot be stored were left out; every other one is committed. */
        PARTLY_REJECTED,
        /** The body is not snappy, or not the protobuf message; nothing is stored. */
        MALFORMED,
        /** The body declares a decoded length over the limit; nothing was decoded. */
        TOO_LARGE,
        /** It cannot be stored now; the same request may succeed later. */
        UNAVAILABLE
    }

    public static WriteOutcome stored(Counts written) {
        return new WriteOutcome(Kind.STORED, written, "", 0);
    }

    /** @param message how many samples were left out and why, and the first offender */
    public static WriteOutcome partlyRejected(Counts written, String message) {
        return new WriteOutcome(Kind.PARTLY_REJECTED, written, message, 0);
    }

    public static WriteOutcome malformed(String message) {
        return new WriteOutcome(Kind.MALFORMED, Counts.NONE, message, 0);
    }

    public static WriteOutcome tooLarge(String message) {
        return new WriteOutcome(Kind.TOO_LARGE, Counts.NONE, message, 0);
    }

    public static WriteOutcome unavailable(String message, int retryAfterSeconds) {
        return new WriteOutcome(Kind.UNAVAILABLE, Counts.NONE, message, retryAfterSeconds);
    }
}
