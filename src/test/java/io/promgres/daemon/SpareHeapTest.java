package io.promgres.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class SpareHeapTest {

    private static final long MIB = 1 << 20;

    private static String option(String name) {
        return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption(name)
                .getValue();
    }

    @Test
    void aHeapThatIsFarLargerThanWhatLivesInItIsCollected() {
        assertThat(SpareHeap.isWorthIt(438 * MIB, 70 * MIB, 0)).isTrue();
        assertThat(SpareHeap.isWorthIt(766 * MIB, 270 * MIB, 0)).isTrue();
        assertThat(SpareHeap.isWorthIt(140 * MIB, 70 * MIB, 0)).isFalse();
    }

    @Test
    void oneThatHasNotGrownSinceIsLeftAlone() {
        assertThat(SpareHeap.isWorthIt(200 * MIB, 70 * MIB, 190 * MIB)).isFalse();
        assertThat(SpareHeap.isWorthIt(438 * MIB, 70 * MIB, 190 * MIB)).isTrue();
    }

    @Test
    void aLargeCacheIsNotWorthThePause() {
        assertThat(SpareHeap.isWorthIt(6_000 * MIB, 1_000 * MIB, 0)).isFalse();
    }

    @Test
    void theWholeHeapIsCollectedAndJavasOptionsAreAsBefore() {
        String least = option("MinHeapFreeRatio");
        String most = option("MaxHeapFreeRatio");
        WeakReference<Object> garbage = new WeakReference<>(new Object());

        new SpareHeap().collectTightly();
        assertThat(garbage.get()).isNull();
        assertThat(option("MinHeapFreeRatio")).isEqualTo(least);
        assertThat(option("MaxHeapFreeRatio")).isEqualTo(most);
    }
}
