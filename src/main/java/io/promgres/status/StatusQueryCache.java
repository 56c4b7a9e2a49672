package io.promgres.status;

import io.promgres.http.Resource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The last answers of the database, so that many viewers ask it as often as one does. Each question is asked by one thread
 * at a time; the others get the last answer meanwhile, or wait for the first. What took long to answer is asked less
 * often: at most a twentieth of the time is spent on a question. A failure is kept for a moment too. Thread-safe.
 */
public final class StatusQueryCache {

    private static final int MOST_ENTRIES = 64;
    private static final long SHARE = 20;
    private static final long FAILURE_SHARE = 3;
    private static final long FAILURE_NANOS = Duration.ofSeconds(2).toNanos();

    private final StatusStore store;
    private final LongSupplier nanoTime;
    private final Map<String, Cached> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Cached> eldest) {
            return size() > MOST_ENTRIES;
        }
    };

    public StatusQueryCache(StatusStore store) {
        this(store, System::nanoTime);
    }

    /** @param nanoTime a clock that only grows */
    StatusQueryCache(StatusStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
    }

    /**
     * A recent answer. May wait for the database.
     *
     * @param argument of the question, empty if it takes none
     * @return empty if there is no such thing
     * @throws UnansweredException if the database is away, or takes too long
     */
    public Optional<Resource> get(StatusQuery question, String argument) throws UnansweredException {
        return entry(question.path() + ' ' + argument).get(question, argument);
    }

    private Cached entry(String key) {
        synchronized (entries) {
            return entries.computeIfAbsent(key, k -> new Cached());
        }
    }

    /** @param failure null if there is an answer */
    private record Outcome(Optional<Resource> answer, UnansweredException failure, long until) {

        Optional<Resource> get() throws UnansweredException {
            if (failure != null) {
                throw failure;
            }
            return answer;
        }
    }

    private final class Cached {

        private final ReentrantLock asking = new ReentrantLock();
        private volatile Outcome last;

        Optional<Resource> get(StatusQuery question, String argument) throws UnansweredException {
            Outcome known = last;
            if (isFresh(known)) {
                return known.get();
            }
            if (!asking.tryLock()) {
                if (known != null) {
                    return known.get();
                }
                asking.lock();
            }
            try {
                if (!isFresh(last)) {
                    last = ask(question, argument);
                }
                return last.get();
            } finally {
                asking.unlock();
            }
        }

        private boolean isFresh(Outcome outcome) {
            return outcome != null && outcome.until() - nanoTime.getAsLong() > 0;
        }

        private Outcome ask(StatusQuery question, String argument) {
            long begin = nanoTime.getAsLong();
            try {
                Optional<Resource> answer = store.ask(question, argument).map(Resource::json);
                long end = nanoTime.getAsLong();
                return new Outcome(
                        answer, null, end + Math.max(question.freshness().toNanos(), SHARE * (end - begin)));
            } catch (UnansweredException e) {
                long end = nanoTime.getAsLong();
                return new Outcome(Optional.empty(), e, end + Math.max(FAILURE_NANOS, FAILURE_SHARE * (end - begin)));
            }
        }
    }
}
