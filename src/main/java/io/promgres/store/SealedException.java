package io.promgres.store;

import java.time.Instant;

/** Rows belong to times that have been sealed meanwhile: they have to take the late path. */
public final class SealedException extends RerouteException {

    private final long sealedUntil;

    SealedException(long sealedUntil) {
        super("samples before " + Instant.ofEpochMilli(sealedUntil) + " take the late path");
        this.sealedUntil = sealedUntil;
    }

    /** Times before this are sealed: milliseconds since the epoch. */
    public long sealedUntil() {
        return sealedUntil;
    }
}
