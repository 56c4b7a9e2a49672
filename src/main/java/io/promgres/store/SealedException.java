package io.promgres.store;

/** Rows belong to times that have been sealed meanwhile: they have to take the late way. */
public final class SealedException extends Exception {

    private final transient long sealedUntil;

    SealedException(long sealedUntil) {
        super("samples before " + java.time.Instant.ofEpochMilli(sealedUntil) + " take the late way");
        this.sealedUntil = sealedUntil;
    }

    /** Times before this are sealed: milliseconds since the epoch. */
    public long sealedUntil() {
        return sealedUntil;
    }
}
