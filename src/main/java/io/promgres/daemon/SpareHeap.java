package io.promgres.daemon;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives memory of the heap that is not needed back to the system. Java begins with a 64th of the machine's memory, takes more under
 * load, and gives none back while little is allocated, since it collects no garbage then. To be called in intervals, by one thread:
 * after one with few collections the heap is collected as a whole, once, if it is far larger than what lives in it.
 */
final class SpareHeap {

    private static final Logger LOG = LoggerFactory.getLogger(SpareHeap.class);

    /**
     * The pause of a collection of so much is some tenths of a second, if all of it lives; a larger heap is left alone. What was in use
     * after a young collection has old garbage in it, often more than what lives.
     */
    private static final long MOST_IN_USE = 512L << 20;

    /** Less is not worth a collection. */
    private static final long LEAST_SPARE = 48L << 20;

    private static final int FEW_COLLECTIONS = 1;

    // Percent of the heap that are free afterwards; Java's own are 40 and 70.
    private static final int LEAST_FREE = 10;
    private static final int MOST_FREE = 20;

    private final HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    private long collections = Long.MAX_VALUE;
    // What could not be given back the last time will not be this time.
    private long kept;

    /** Bytes of the system that the heap has. */
    static long committed() {
        return usage().getCommitted();
    }

    /** Gives back what can be spared, unless garbage was collected often since the last time, or this is the first time. */
    void giveBack() {
        long before = collections;
        collections = count();
        boolean quiet = before != Long.MAX_VALUE && collections - before <= FEW_COLLECTIONS;
        if (quiet && isWorthIt(committed(), used(), kept)) {
            collectTightly();
            collections = count();
        }
    }

    /**
     * @param used bytes that were in use after the last collection
     * @param kept bytes of the heap after it was last given back, 0 if it was not
     */
    static boolean isWorthIt(long committed, long used, long kept) {
        return used <= MOST_IN_USE && committed - used - used / 2 >= LEAST_SPARE && committed - kept >= LEAST_SPARE;
    }

    /** Collects everything, and has the heap shrink to little more than what lives. */
    void collectTightly() {
        long before = committed();
        int least = percent("MinHeapFreeRatio");
        int most = percent("MaxHeapFreeRatio");
        // In an order in which the least is never above the most.
        set("MinHeapFreeRatio", Math.min(least, LEAST_FREE));
        set("MaxHeapFreeRatio", Math.min(most, MOST_FREE));
        try {
            System.gc();
        } finally {
            set("MaxHeapFreeRatio", most);
            set("MinHeapFreeRatio", least);
        }
        trimNative();
        kept = committed();
        LOG.debug("gave {} of {} MiB of the heap back", before - kept >> 20, before >> 20);
    }

    /** What Java has freed beside the heap stays with the C library, which glibc gives back when it is asked; other libraries cannot. */
    private static void trimNative() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException e) {
            LOG.debug("this Java has no way to have the C library trimmed: {}", e.toString());
        }
    }

    private int percent(String option) {
        return Integer.parseInt(machine.getVMOption(option).getValue());
    }

    private void set(String option, int percent) {
        machine.setVMOption(option, Integer.toString(percent));
    }

    private long count() {
        return collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    /** After the last collection, or now if there was none. */
    private long used() {
        return collectors.stream()
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .filter(info -> info != null)
                .max(Comparator.comparingLong(info -> info.getEndTime()))
                .map(info -> info.getMemoryUsageAfterGc().entrySet().stream()
                        .filter(pool -> heapPools.contains(pool.getKey()))
                        .mapToLong(pool -> pool.getValue().getUsed())
                        .sum())
                .orElseGet(() -> usage().getUsed());
    }

    private static MemoryUsage usage() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }
}
