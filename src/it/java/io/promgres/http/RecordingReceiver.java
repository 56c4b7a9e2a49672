package io.promgres.http;

import io.promgres.model.Counts;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.remotewrite.WriteProtocol;
import io.promgres.remotewrite.WriteReceiver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps the bodies that it receives, and answers with one outcome, at once or when the test says so. */
final class RecordingReceiver implements WriteReceiver {

    final List<String> bodies = new CopyOnWriteArrayList<>();
    final BlockingQueue<Caller> pending = new LinkedBlockingQueue<>();

    private volatile WriteOutcome outcome = WriteOutcome.stored(Counts.NONE);
    private volatile boolean holding;

    void answersWith(WriteOutcome outcome) {
        this.outcome = outcome;
    }

    void holdsItsAnswers() {
        holding = true;
    }

    void holdsNoMore() {
        holding = false;
    }

    Caller nextPending() throws InterruptedException {
        return pending.poll(20, TimeUnit.SECONDS);
    }

    @Override
    public void receive(WriteProtocol protocol, byte[] bytes, int offset, int length, Caller done) {
        bodies.add(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
        if (holding) {
            pending.add(done);
        } else if (outcome == null) {
            throw new IllegalStateException("a bug");
        } else {
            done.accept(outcome);
        }
    }
}
