package io.promgres.store;

/** Rows were not written because something has changed since they were collected: to collect them again is right. */
public abstract sealed class RerouteException extends Exception permits SealedException, StaleAddressesException {

    RerouteException(String message) {
        super(message);
    }
}
