package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Several {@link SteadySender}s at work, and what has to be stored whatever happens meanwhile. */
public final class SteadyLoad implements AutoCloseable {

    private static final int SCRAPES_OF_PROGRESS = 25;
    private static final int STOP_SECONDS = 120;
    // Far from what is ahead of the clock, however long a test takes.
    private static final long STEP_MILLIS = 10;

    private final List<SteadySender> senders = new ArrayList<>();
    private final ExecutorService threads;

    private SteadyLoad(List<Sender> daemons, int number, SteadySender.Pace pace) {
        for (int i = 0; i < number; i++) {
            senders.add(new SteadySender(daemons.get(i % daemons.size()), i, pace));
        }
        threads = Executors.newFixedThreadPool(number);
        senders.forEach(threads::execute);
    }

    /** Senders that go on when a daemon is gone, and go round the daemons. */
    public static SteadyLoad of(int number, Sender... daemons) {
        return new SteadyLoad(List.of(daemons), number, past(true));
    }

    /** As {@link #of}, with a second from scrape to scrape: in no time, there is much to pack. Not faster than the clock, once there. */
    public static SteadyLoad ofSeconds(int number, Sender daemon) {
        return new SteadyLoad(List.of(daemon), number, new SteadySender.Pace(anHourAgo(), 1_000, true, true));
    }

    /** Senders that end when the daemon is gone. */
    public static SteadyLoad untilGone(int number, Sender daemon) {
        return new SteadyLoad(List.of(daemon), number, past(false));
    }

    /** Senders of the present: 20 scrapes a second each, at their times. They go on when the daemon is gone. */
    public static SteadyLoad inTime(int number, Sender daemon) {
        return new SteadyLoad(List.of(daemon), number, new SteadySender.Pace(now(), 50, true, true));
    }

    private static SteadySender.Pace past(boolean retries) {
        return new SteadySender.Pace(anHourAgo(), STEP_MILLIS, retries, false);
    }

    private static long anHourAgo() {
        return now() - 3_600_000;
    }

    private static long now() {
        return Instant.now().toEpochMilli();
    }

    /** Returns when every sender has had some scrapes acknowledged that were not before. */
    public void awaitProgress() throws Exception {
        List<Integer> before = senders.stream().map(SteadySender::acknowledged).toList();
        Await.until("every sender goes on", () -> {
            for (int i = 0; i < senders.size(); i++) {
                if (senders.get(i).acknowledged() < before.get(i) + SCRAPES_OF_PROGRESS) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Returns when every sender has been asked to come again, once more than before. */
    public void awaitRefusal() throws Exception {
        List<Integer> before = senders.stream().map(SteadySender::refused).toList();
        Await.until("every sender is refused", () -> {
            for (int i = 0; i < senders.size(); i++) {
                if (senders.get(i).refused() <= before.get(i)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Lets deliveries that are under way end, and no new ones begin. */
    public void end() throws InterruptedException {
        senders.forEach(SteadySender::end);
        awaitEnd();
    }

    /** Returns when every sender has ended, whose daemon is gone. */
    public void awaitEnd() throws InterruptedException {
        threads.shutdown();
        assertThat(threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(senders).extracting(SteadySender::problem).containsOnlyNulls();
    }

    /**
     * What is stored is what was acknowledged, and perhaps what was under way at the end; nothing twice. How much that is,
     * is printed: the figures of src/docs/reliability.md.
     */
    public void assertStored(List<TestSample> stored) {
        Set<TestSample> distinct = new HashSet<>(stored);
        int doubled = stored.size() - distinct.size();
        int acknowledged = 0;
        int found = 0;
        for (SteadySender sender : senders) {
            List<TestSample> expected = sender.acknowledgedSamples();
            acknowledged += expected.size();
            found += (int) expected.stream().filter(distinct::remove).count();
        }
        int others = distinct.size();
        System.out.printf(
                "acknowledged %d, of these found %d, doubled %d, under way at the end %d, refused requests %d%n",
                acknowledged, found, doubled, others, refused());
        senders.forEach(sender -> sender.scrape(sender.acknowledged()).forEach(distinct::remove));
        assertThat(doubled).isZero();
        assertThat(found).isEqualTo(acknowledged);
        assertThat(distinct).isEmpty();
    }

    private int refused() {
        return senders.stream().mapToInt(SteadySender::refused).sum();
    }

    public List<SteadySender> senders() {
        return senders;
    }

    /** How many scrapes were acknowledged in all. */
    public int acknowledged() {
        return senders.stream().mapToInt(SteadySender::acknowledged).sum();
    }

    @Override
    public void close() {
        senders.forEach(SteadySender::end);
        threads.shutdownNow();
    }
}
