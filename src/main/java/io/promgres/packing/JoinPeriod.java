package io.promgres.packing;

/**
 * A time whose blocks are joined: a day, or a week of what is sparse.
 *
 * @param level 1 for a day, 2 for a week: how often its blocks have been joined afterwards
 * @param start milliseconds since the epoch
 * @param length milliseconds
 * @param newest the greatest id of a vector in it that has not been joined so often
 */
record JoinPeriod(int level, long start, long length, long newest) {

    /** How long the blocks in it may be already. */
    long joinedBefore() {
        return level == 1 ? 0 : Joiner.PERIODS.get(level - 2).toMillis();
    }

    long end() {
        return start + length;
    }

    /** What of it stays the same from look to look. */
    Key key() {
        return new Key(level, start);
    }

    record Key(int level, long start) {}
}
