package io.promgres.energy;

import io.promgres.model.LandingRows;
import java.util.ArrayList;
import java.util.List;

/**
 * The slots of a series group that rules choose. Immutable.
 *
 * @param chosen a few: one for each rule, and for each reason that a rule has not to use a series
 */
record WatchedGroup(List<Chosen> chosen) {

    private static final long STALE_MARKER = 0x7ff0000000000002L;

    /**
     * @param skip why the rule cannot use these series, null if it can
     * @param slots a bit for each, slot 1 lowest
     */
    record Chosen(int ruleId, Rule rule, SkipReason skip, long slots) {

        boolean isLike(Chosen other) {
            return ruleId == other.ruleId && skip == other.skip;
        }

        Chosen slots(long newSlots) {
            return new Chosen(ruleId, rule, skip, newSlots);
        }
    }

    static WatchedGroup of(int ruleId, Rule rule, SkipReason skip, int slot) {
        return new WatchedGroup(List.of(new Chosen(ruleId, rule, skip, 1L << slot - 1)));
    }

    WatchedGroup with(WatchedGroup more) {
        List<Chosen> all = new ArrayList<>(chosen);
        for (Chosen one : more.chosen) {
            int at = 0;
            while (at < all.size() && !all.get(at).isLike(one)) {
                at++;
            }
            if (at == all.size()) {
                all.add(one);
            } else {
                all.set(at, one.slots(one.slots() | all.get(at).slots()));
            }
        }
        return new WatchedGroup(List.copyOf(all));
    }

    /** Null if nothing is left. */
    WatchedGroup without(int slot) {
        List<Chosen> left = chosen.stream()
                .map(one -> one.slots(one.slots() & ~(1L << slot - 1)))
                .filter(one -> one.slots() != 0)
                .toList();
        return left.isEmpty() ? null : new WatchedGroup(left);
    }

    void collect(LandingRows rows, int row, DirtyBuckets touched) {
        int length = rows.length(row);
        for (Chosen one : chosen) {
            boolean used = false;
            for (long slots = one.slots(); slots != 0; slots &= slots - 1) {
                int slot = Long.numberOfTrailingZeros(slots) + 1;
                if (slot <= length && rows.has(row, slot)) {
                    used |= use(one, rows.bits(row, slot), touched);
                }
            }
            if (used) {
                touched.add(one.ruleId(), one.rule(), rows.time(row));
            }
        }
    }

    /** Whether the sample may change something; a sample that the rule cannot use is counted. */
    private static boolean use(Chosen chosen, long bits, DirtyBuckets touched) {
        if (bits == STALE_MARKER) {
            return chosen.skip() == null;
        }
        SkipReason skip = chosen.skip() != null ? chosen.skip() : skip(Double.longBitsToDouble(bits));
        if (skip != null) {
            touched.skipped(chosen.rule(), skip);
        }
        return skip == null;
    }

    private static SkipReason skip(double value) {
        if (value >= 0 && value < Double.POSITIVE_INFINITY) {
            return null;
        }
        if (Double.isNaN(value)) {
            return SkipReason.NOT_A_NUMBER;
        }
        return value < 0 ? SkipReason.NEGATIVE : SkipReason.INFINITE;
    }
}
