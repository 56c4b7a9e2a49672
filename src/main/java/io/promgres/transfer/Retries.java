package io.promgres.transfer;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How often something is tried: after each failure that may pass the wait doubles, up to the longest.
 *
 * @param attempts at least 1
 */
public record Retries(int attempts, Duration first, Duration longest) {

    /** About four minutes altogether: the restart of a daemon and of its database. */
    public static final Retries USUAL = new Retries(12, Duration.ofSeconds(1), Duration.ofSeconds(30));

    /** Something that may fail for a while. */
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Is told of a failure that is not the last word. */
    public interface Report {
        void waits(String failure, Duration wait);
    }

    /**
     * @throws TransferException what the attempt said will not pass, or its last failure
     * @throws InterruptedException while waiting
     */
    <T> T run(Attempt<T> attempt, Report report) throws TransferException, InterruptedException {
        Duration wait = first;
        for (int made = 1; ; made++) {
            try {
                return attempt.run();
            } catch (TransferException e) {
                throw e;
            } catch (IOException e) {
                if (made >= attempts) {
                    throw new TransferException(e.getMessage() + " (given up after " + made + " attempts)", e);
                }
                report.waits(e.getMessage(), wait);
            }
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
            wait = wait.multipliedBy(2).compareTo(longest) < 0 ? wait.multipliedBy(2) : longest;
        }
    }
}
