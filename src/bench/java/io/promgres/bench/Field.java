package io.promgres.bench;

/**
 * A stretch of a message that is another one in each scrape, always of the same length.
 *
 * @param start where it begins
 * @param kind what stands there
 * @param index of the target, series or pod that it belongs to: fields of one kind and index are equal at any time
 */
record Field(int start, Kind kind, int index) {

    /** What a field holds. */
    enum Kind {
        /** A time in milliseconds as a varint, of a target. */
        TIME(Varint.TIME_BYTES),
        /** The bits of a value, little-endian, of a series. */
        VALUE(Long.BYTES),
        /** The decimal digits in a pod's name that tell it from the pod whose place it took. */
        POD(Population.POD_DIGITS);

        private final int length;

        Kind(int length) {
            this.length = length;
        }

        int length() {
            return length;
        }
    }

    int end() {
        return start + kind.length();
    }
}
