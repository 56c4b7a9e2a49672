package io.promgres.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.PlaceEpoch;
import io.promgres.model.SeriesAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is remembered of places that series have lost. */
class RemovalsTest {

    private static final int ROUNDS = 40;
    private static final int GROUPS = 100;

    private final SeriesCache cache = new SeriesCache(1 << 20);
    private final KnownStarts starts = new KnownStarts();
    private final Removals removals = new Removals(cache, starts);
    private final byte[] key = "up".getBytes(StandardCharsets.UTF_8);

    private void remove(long... addresses) {
        PlaceEpoch before = removals.known().places();
        removals.follow(before, new PlaceEpoch(before.number() + 1, UUID.randomUUID()), addresses);
    }

    private static long[] placesOf(int firstGroup) {
        long[] places = new long[GROUPS * SeriesAddress.SLOTS];
        for (int i = 0; i < places.length; i++) {
            places[i] = SeriesAddress.of(firstGroup + i / SeriesAddress.SLOTS, 1 + i % SeriesAddress.SLOTS);
        }
        return places;
    }

    @Test
    void aPlaceThatWasLookedUpBeforeItsRemovalIsRemovedAndOthersAreNot() {
        long removed = SeriesAddress.of(7, 3);
        long before = removals.epoch();
        remove(removed);

        assertThat(removals.isRemoved(removed, before)).isTrue();
        assertThat(removals.isRemoved(SeriesAddress.of(7, 4), before)).isFalse();
        assertThat(removals.isRemoved(removed, removals.epoch())).isFalse();
    }

    @Test
    void churnWithoutEndIsRememberedUpToABoundAndNothingStaleIsTakenForKnown() {
        long early = removals.epoch();
        for (int round = 0; round < ROUNDS; round++) {
            long[] places = placesOf(1 + round * GROUPS);
            for (long place : places) {
                removals.rememberStart(place, 1, removals.epoch());
            }
            removals.remember(key, places[0], removals.epoch());
            long lookedUp = removals.epoch();
            remove(places);

            assertThat(removals.isRemoved(places[1], lookedUp)).isTrue();
            assertThat(cache.find(key, 0, key.length)).isEqualTo(SeriesAddress.UNKNOWN);
        }

        assertThat(removals.remembered()).isLessThanOrEqualTo(1 << 16);
        assertThat(starts.groups()).isZero();
        assertThat(removals.isRemoved(placesOf(1)[0], early)).isTrue();
    }

    @Test
    void aSeriesWhosePlaceIsTakenWhileItIsInternedDoesNotBecomeKnown() {
        long interned = removals.epoch();
        for (int round = 0; round < ROUNDS; round++) {
            remove(placesOf(1 + round * GROUPS));
        }
        removals.remember(key, placesOf(1)[0], interned);

        assertThat(cache.find(key, 0, key.length)).isEqualTo(SeriesAddress.UNKNOWN);
    }
}
