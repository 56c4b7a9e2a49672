package io.promgres.store;

/** Series have lost their places since the rows were collected: what was collected for those places must not be written. */
public final class StaleAddressesException extends RerouteException {

    private final long epoch;
    private final long[] addresses;

    StaleAddressesException(long epoch, long[] addresses) {
        super(addresses.length + " series have lost their places");
        this.epoch = epoch;
        this.addresses = addresses;
    }

    /** The epoch of the last removal. */
    public long epoch() {
        return epoch;
    }

    /** What is no address of a known series any more: see {@link io.promgres.model.SeriesAddress}. Not copied. */
    public long[] addresses() {
        return addresses;
    }
}
