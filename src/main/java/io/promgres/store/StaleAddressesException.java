package io.promgres.store;

import io.promgres.model.PlaceEpoch;

/**
 * What is known of places is not true of this database, or not any more: what was collected for them must not be written.
 * See {@link #isForeign}.
 */
public final class StaleAddressesException extends RerouteException {

    private final PlaceEpoch known;
    private final PlaceEpoch current;
    private final long[] addresses;

    private StaleAddressesException(String message, PlaceEpoch known, PlaceEpoch current, long[] addresses) {
        super(message);
        this.known = known;
        this.current = current;
        this.addresses = addresses;
    }

    static StaleAddressesException removed(PlaceEpoch known, PlaceEpoch current, long[] addresses) {
        return new StaleAddressesException(
                addresses.length + " series have lost their places", known, current, addresses);
    }

    static StaleAddressesException foreign(PlaceEpoch known) {
        return new StaleAddressesException(
                "the database is another one than series were looked up in, or an older state of it",
                known,
                PlaceEpoch.NONE,
                new long[0]);
    }

    static StaleAddressesException tooMany(PlaceEpoch known) {
        return new StaleAddressesException(
                "more series have lost their places than can be followed", known, PlaceEpoch.NONE, new long[0]);
    }

    /** Whether nothing that was known can be taken for true of this database; otherwise all of it but the {@link #addresses} is. */
    public boolean isForeign() {
        return current.equals(PlaceEpoch.NONE);
    }

    /** What was known. */
    public PlaceEpoch known() {
        return known;
    }

    /** The newest epoch, at which the addresses are known to be lost. */
    public PlaceEpoch current() {
        return current;
    }

    /** What is no address of a known series any more: see {@link io.promgres.model.SeriesAddress}. Not copied. */
    public long[] addresses() {
        return addresses;
    }
}
