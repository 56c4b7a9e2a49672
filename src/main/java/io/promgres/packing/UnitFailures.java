package io.promgres.packing;

import io.promgres.observe.FailureLog;

/** Tells of units that failed: what did not read back as written is worse than the rest. */
final class UnitFailures {

    private final FailureLog failures;
    private final FailureLog mismatches;
    private final Packer.Listener listener;

    UnitFailures(FailureLog failures, FailureLog mismatches, Packer.Listener listener) {
        this.failures = failures;
        this.mismatches = mismatches;
        this.listener = listener;
    }

    void failed(Exception e) {
        if (e instanceof PackingMismatchException) {
            mismatches.failed(e);
            listener.mismatch();
        } else {
            failures.failed(e);
            listener.failed(e.toString());
        }
    }
}
