package io.promgres.testing;

import io.promgres.packing.Packer;
import java.time.Duration;

/** A test or a benchmark ends where packing fails. */
public final class FailingListener implements Packer.Listener {

    @Override
    public void packed(long samples, long withoutSeries, Duration duration) {}

    @Override
    public void failed(String reason) {
        throw new IllegalStateException(reason);
    }

    @Override
    public void mismatch() {
        throw new IllegalStateException("a unit does not read back as it was");
    }
}
