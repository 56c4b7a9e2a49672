package io.promgres.bench.peers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a peer does after everything was acknowledged, in seconds of CPU.
 *
 * @param seconds at rest, in as much time as it has to be so
 * @param afterwards beside that, until it was at rest
 */
record Rest(double seconds, double afterwards) {

    private static final double NO_LESS = 0.8;

    /**
     * Waits until a peer uses no less CPU than before: what it does then, it does always.
     *
     * @param window of time that is compared with the one before
     */
    static Rest await(Peer peer, Duration window) throws InterruptedException {
        double begin = peer.cpuSeconds();
        double last = Double.POSITIVE_INFINITY;
        int windows = 0;
        while (true) {
            double before = peer.cpuSeconds();
            TimeUnit.SECONDS.sleep(window.toSeconds());
            double used = peer.cpuSeconds() - before;
            windows++;
            if (used > last * NO_LESS) {
                return new Rest(used, peer.cpuSeconds() - begin - windows * used);
            }
            last = used;
        }
    }
}
