package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private static final int MOST_GROWTH = 50;

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
    void aClaimThatBecomesSmallerMakesRoomForTheNext() {
        InFlight.Claim a = claim("a", 100);
        claim("b", 70);

        resize(a, "a is small", 30);

        assertThat(granted).containsExactly("a", "a is small", "b");
        assertThat(inFlight.usedBytes()).isEqualTo(100);
    }

    @Test
    void aClaimGrowsWhereThereIsRoomAndReleaseGivesBackAllOfIt() {
        InFlight.Claim a = claim("a", 20);
        resize(a, "a has grown", 80);
        assertThat(granted).containsExactly("a", "a has grown");
        assertThat(inFlight.usedBytes()).isEqualTo(80);

        a.release();

        assertThat(inFlight.usedBytes()).isZero();
    }

    @Test
    void ofThoseWhoHoldTheBudgetAndWantMoreOneGoesOnBeyondItAndTheOthersWait() {
        InFlight.Claim a = claim("a", 50);
        InFlight.Claim b = claim("b", 50);

        resize(a, "a has grown", 70);
        resize(b, "b has grown", 60);
        resize(a, "a has grown again", 90);
        assertThat(granted).containsExactly("a", "b", "a has grown", "a has grown again");
        assertThat(inFlight.usedBytes()).isEqualTo(140);
        assertThat(inFlight.waiting()).isEqualTo(1);

        a.release();
        assertThat(granted).endsWith("b has grown");
        assertThat(inFlight.usedBytes()).isEqualTo(60);
    }

    @Test
    void whoeverHasBegunGrowsBeforeOthersBegin() {
        InFlight.Claim a = claim("a", 60);
        InFlight.Claim b = claim("b", 40);
        resize(a, "a is beyond", 61);
        claim("new", 1);
        resize(b, "b has grown", 50);

        a.release();

        assertThat(granted).containsExactly("a", "b", "a is beyond", "b has grown", "new");
    }

    @Test
    void aClaimThatIsReleasedWhileItWaitsToGrowGivesBackWhatItHas() {
        InFlight.Claim a = claim("a", 60);
        InFlight.Claim b = claim("b", 40);
        resize(a, "a is beyond", 61);
        resize(b, "never", 50);

        b.release();
        resize(b, "never", 1);

        assertThat(granted).doesNotContain("never");
        assertThat(inFlight.usedBytes()).isEqualTo(61);
        assertThat(inFlight.waiting()).isZero();
    }

    @Test
    void aClaimThatWaitsCannotAskForSomethingElse() {
        claim("a", 100);
        InFlight.Claim b = claim("b", 1);

        assertThatThrownBy(() -> resize(b, "never", 2)).isInstanceOf(IllegalStateException.class);
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
    void manyThreadsNeverExceedTheBudgetByMoreThanOneGrowthAndGiveAllOfItBack() throws InterruptedException {
        int claims = 2_000;
        CountDownLatch done = new CountDownLatch(claims);
        AtomicInteger overdrawn = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < claims; i++) {
                int bytes = 1 + i % 100;
                Consumer<InFlight.Claim> end = claim -> threads.execute(() -> {
                    if (inFlight.usedBytes() > inFlight.budgetBytes() + MOST_GROWTH) {
                        overdrawn.incrementAndGet();
                    }
                    claim.release();
                    done.countDown();
                });
                threads.execute(() -> inFlight.claim(bytes, claim -> claim.resize(bytes + MOST_GROWTH, end)));
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(overdrawn).hasValue(0);
        assertThat(inFlight.usedBytes()).isZero();
        assertThat(inFlight.waiting()).isZero();
    }

    private void resize(InFlight.Claim claim, String name, long bytes) {
        claim.resize(bytes, resized -> granted.add(name));
    }

    private InFlight.Claim claim(String name, long bytes) {
        return inFlight.claim(bytes, claim -> granted.add(name));
    }
}
