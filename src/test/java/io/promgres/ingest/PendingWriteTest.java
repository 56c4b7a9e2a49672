package io.promgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.Rejections;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PendingWriteTest {

    private final List<String> answers = new ArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();

    private PendingWrite pending(int parts) {
        return new PendingWrite(
                parts,
                new Rejections(),
                new Acknowledgement() {
                    @Override
                    public void stored(Rejections rejections) {
                        answers.add("stored");
                    }

                    @Override
                    public void unavailable(String reason) {
                        answers.add(reason);
                    }
                },
                underWay,
                new WriteFailures(System::nanoTime));
    }

    @Test
    void aRequestIsStoredWhenAllOfItsPartsAre() {
        PendingWrite pending = pending(2);
        pending.stored();
        assertThat(answers).isEmpty();
        assertThat(underWay).hasValue(1);
        pending.stored();
        assertThat(answers).containsExactly("stored");
        assertThat(underWay).hasValue(0);
    }

    @Test
    void onePartThatFailedMakesTheRequestFail() {
        PendingWrite pending = pending(2);
        pending.failed("away");
        pending.stored();
        assertThat(answers).containsExactly("away");
    }

    @Test
    void aPartThatIsSplitEndsTwice() {
        PendingWrite pending = pending(1);
        pending.split();
        pending.stored();
        assertThat(answers).isEmpty();
        assertThat(underWay).hasValue(1);
        pending.stored();
        assertThat(answers).containsExactly("stored");
        assertThat(underWay).hasValue(0);
    }

    @Test
    void aPartThatEndsAgainIsNotAnsweredAgain() {
        PendingWrite pending = pending(1);
        pending.stored();
        pending.failed("too late");
        assertThat(answers).containsExactly("stored");
    }
}
