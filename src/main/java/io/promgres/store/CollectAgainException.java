package io.promgres.store;

/** Rows were not written because something has changed since they were collected: to collect them again is right. */
public abstract sealed class CollectAgainException extends Exception permits SealedException, StaleAddressesException {

    CollectAgainException(String message) {
        super(message);
    }
}
