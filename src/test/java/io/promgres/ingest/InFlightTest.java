package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private final InFlight inFlight = new InFlight(100);
    private final List<String> granted = new ArrayList<>();

    @Test
    void aClaimThatFitsIsGrantedAtOnce() {
        claim("a", 60);
        claim("b", 40);

        assertThat(granted).containsExactly("a", "b");
        assertThat(inFlight.usedBytes()).isEqualTo(100);
    }

    @Test
    void aClaimThatDoesNotFitIsGrantedWhenThereIsRoom() {
        InFlight.Claim a = claim("a", 60);
        claim("b", 41);
        assertThat(granted).containsExactly("a");

        a.release();

        assertThat(granted).containsExactly("a", "b");
        assertThat(inFlight.usedBytes()).isEqualTo(41);
    }

    @Test
    void aSmallClaimDoesNotOvertakeALargeOneThatWaits() {
        InFlight.Claim a = claim("a", 60);
        claim("large", 90);
        claim("small", 10);
        assertThat(granted).containsExactly("a");

        a.release();

        assertThat(granted).containsExactly("a", "large", "small");
    }

    @Test
    void aClaimLargerThanTheBudgetGoesThroughAlone() {
        InFlight.Claim a = claim("a", 1);
        InFlight.Claim huge = claim("huge", 1000);
        claim("b", 1);
        assertThat(granted).containsExactly("a");

        a.release();
        assertThat(granted).containsExactly("a", "huge");

        huge.release();
        assertThat(granted).containsExactly("a", "huge", "b");
    }

    @Test
    void shrinkingMakesRoomForTheNext() {
        InFlight.Claim a = claim("a", 100);
        claim("b", 70);

        a.shrink(30);

        assertThat(granted).containsExactly("a", "b");
        assertThat(inFlight.usedBytes()).isEqualTo(100);
    }

    @Test
    void shrinkNeverGrowsAClaimAndReleaseGivesBackWhatIsLeft() {
        InFlight.Claim a = claim("a", 50);
        a.shrink(80);
        assertThat(inFlight.usedBytes()).isEqualTo(50);

        a.shrink(20);
        a.release();

        assertThat(inFlight.usedBytes()).isZero();
    }

    @Test
    void releasingTwiceGivesBackOnce() {
        InFlight.Claim a = claim("a", 50);
        claim("b", 50);

        a.release();
        a.release();

        assertThat(inFlight.usedBytes()).isEqualTo(50);
    }

    @Test
    void aClaimThatGivesUpIsNeverGrantedAndLetsTheNextGoOn() {
        InFlight.Claim a = claim("a", 60);
        InFlight.Claim large = claim("large", 90);
        claim("small", 10);

        large.release();
        assertThat(granted).containsExactly("a", "small");

        a.release();
        assertThat(granted).containsExactly("a", "small");
        assertThat(inFlight.waiting()).isZero();
    }

    @Test
    void aClaimReleasedInItsOwnCallbackLeavesNothingBehind() {
        InFlight.Claim a = claim("a", 100);
        inFlight.claim(100, InFlight.Claim::release);

        a.release();

        assertThat(inFlight.usedBytes()).isZero();
    }

    @Test
    void aBudgetOrAClaimOfNoSenseIsRefused() {
        assertThatThrownBy(() -> new InFlight(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> claim("negative", -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyThreadsNeverExceedTheBudgetAndGiveAllOfItBack() throws InterruptedException {
        int claims = 2_000;
        CountDownLatch done = new CountDownLatch(claims);
        AtomicInteger overdrawn = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < claims; i++) {
                int bytes = 1 + i % 100;
                threads.execute(() -> inFlight.claim(
                        bytes,
                        claim -> threads.execute(() -> {
                            if (inFlight.usedBytes() > inFlight.budgetBytes()) {
                                overdrawn.incrementAndGet();
                            }
                            claim.release();
                            done.countDown();
                        })));
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(overdrawn).hasValue(0);
        assertThat(inFlight.usedBytes()).isZero();
        assertThat(inFlight.waiting()).isZero();
    }

    private InFlight.Claim claim(String name, long bytes) {
        return inFlight.claim(bytes, claim -> granted.add(name));
    }
}
