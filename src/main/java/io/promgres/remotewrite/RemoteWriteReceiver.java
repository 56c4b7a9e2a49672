package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.http.Limit;
import io.promgres.ingest.Acknowledgement;
import io.promgres.ingest.Ingest;
import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.MetadataIndex;
import io.promgres.model.Rejections;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesIndex;
import io.promgres.model.StartIndex;
import io.promgres.model.SymbolIndex;
import io.promgres.observe.CounterByReason;
import io.promgres.observe.Metrics;
import io.promgres.replica.UndecidedException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Remote write: decodes a body, has it stored, and says how it went. Thread-safe; each thread has its decoder. */
public final class RemoteWriteReceiver {

    private static final int RETRY_SECONDS = 2;
    private static final int BATCHES = 64;
    // There may be as many as there are requests.
    private static final int BATCH_SAMPLES = 256;
    // A batch that a large request has made grow is not kept.
    private static final int LARGEST_KEPT = 8_192;

    private final Map<WriteProtocol, ThreadLocal<WriteDecoder>> decoders = new EnumMap<>(WriteProtocol.class);
    private final BlockingQueue<SampleBatch> batches = new ArrayBlockingQueue<>(BATCHES);
    private final LongSupplier removals;
    private final Ingest ingest;
    private final Metrics metrics;
    private final CounterByReason<Rejections.Reason> rejected;
    private final CounterByReason<Limit> reached;

    /**
     * What is known, so that it need not be decoded.
     *
     * @param series gives each thread its own index
     */
    public record Known(Supplier<SeriesIndex> series, SymbolIndex symbols, MetadataIndex metadata, StartIndex starts) {}

    /** What may be sent by whom. */
    public record Terms(Limits limits, SenderRules senders) {}

    /** @param removals the epoch of the last removal of series that the index has followed */
    public RemoteWriteReceiver(
            Known known, LongSupplier removals, Terms terms, InstantSource clock, Ingest ingest, Metrics metrics) {
        Limits limits = terms.limits();
        this.removals = removals;
        decoders.put(
                WriteProtocol.V1,
                ThreadLocal.withInitial(() -> new WriteRequestDecoder(
                        known.series().get(), known.metadata(), limits, clock, terms.senders())));
        decoders.put(
                WriteProtocol.V2,
                ThreadLocal.withInitial(() -> new WriteRequestV2Decoder(
                        known.series().get(),
                        known.symbols(),
                        known.metadata(),
                        known.starts(),
                        limits,
                        clock,
                        terms.senders())));
        this.ingest = ingest;
        this.metrics = metrics;
        this.rejected = metrics.rejectedSamples(Rejections.Reason.class);
        this.reached = metrics.http().limitRefusals(Limit.class);
    }

    /** Takes what a sender sends. */
    public WriteReceiver from(Sender sender) {
        return (protocol, bytes, offset, length, done) -> {
            SampleBatch batch = emptyBatch();
            WriteOutcome refused;
            long begin = System.nanoTime();
            try {
                RequestSize.Room room = new ClaimedRoom(done);
                WriteDecoder decoder = decoders.get(protocol).get();
                DecodedWrite write = decoder.sentBy(sender).within(room).decode(bytes, offset, length, batch);
                metrics.decoded(System.nanoTime() - begin);
                ingest.submit(write, new Answer(write, done));
                return;
            } catch (MalformedBodyException e) {
                refused = WriteOutcome.malformed(e.getMessage());
            } catch (BodyTooLargeException e) {
                reached.add(Limit.DECODED_BYTES, 1);
                refused = WriteOutcome.tooLarge(e.getMessage());
            } catch (NoRoomException e) {
                refused = refusal(e);
            } catch (UndecidedException e) {
                refused = WriteOutcome.unavailable(e.getMessage(), RETRY_SECONDS);
            } finally {
                forgetLarge(SnappyLength.declared(bytes, offset, length));
            }
            giveBack(batch);
            done.accept(refused);
        };
    }

    /** The buffers of a decoder grow with a body, and a few large ones would take all there is. */
    private void forgetLarge(long decodedBytes) {
        if (decodedBytes > RequestSize.LARGEST_KEPT) {
            decoders.values().forEach(ThreadLocal::remove);
        }
    }

    /** What a request claims, up to what one may. */
    private static final class ClaimedRoom implements RequestSize.Room {
        private final WriteReceiver.Caller caller;
        private long claimed;

        ClaimedRoom(WriteReceiver.Caller caller) {
            this.caller = caller;
        }

        @Override
        public boolean claim(long bytes) {
            claimed += bytes;
            if (claimed > caller.mostBytes()) {
                throw NoRoomException.ever(caller.mostBytes());
            }
            return caller.claim(bytes);
        }
    }

    private WriteOutcome refusal(NoRoomException e) {
        if (e.isPermanent()) {
            reached.add(Limit.DECODED_BYTES, 1);
            return WriteOutcome.tooLarge(e.getMessage());
        }
        metrics.overloaded();
        return WriteOutcome.unavailable(e.getMessage(), RETRY_SECONDS);
    }

    private SampleBatch emptyBatch() {
        SampleBatch batch = batches.poll();
        if (batch == null) {
            batch = new SampleBatch(BATCH_SAMPLES);
        }
        batch.lookedUpAt(removals.getAsLong());
        return batch;
    }

    private final class Answer implements Acknowledgement {
        private final DecodedWrite write;
        private final Counts sent;
        private final WriteReceiver.Caller done;

        Answer(DecodedWrite write, WriteReceiver.Caller done) {
            this.write = write;
            this.sent = write.sent();
            this.done = done;
        }

        @Override
        public void stored(Rejections rejections) {
            Counts written = sent.minus(rejections.counts());
            Counts accepted = written.minus(write.dropped());
            metrics.samplesAccepted(accepted.samples());
            metrics.histogramsAccepted(accepted.histograms());
            metrics.exemplarsAccepted(accepted.exemplars());
            metrics.replicaSamplesDropped(write.dropped().samples());
            rejections.byReason().forEach(rejected::add);
            giveBack(write.known());
            done.accept(
                    rejections.isEmpty()
                            ? WriteOutcome.stored(written)
                            : WriteOutcome.partlyRejected(written, words(rejections)));
        }

        @Override
        public boolean isAwaited() {
            return !done.isGone();
        }

        @Override
        public void unavailable(String reason) {
            giveBack(write.known());
            done.accept(WriteOutcome.unavailable(reason, RETRY_SECONDS));
        }
    }

    private void giveBack(SampleBatch batch) {
        if (batch.capacity() <= LARGEST_KEPT) {
            batch.clear();
            batches.offer(batch);
        }
    }

    private static String words(Rejections rejections) {
        String reasons = rejections.byReason().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return rejections.total() + " are not stored (" + reasons + "), the others are; the first: "
                + rejections.firstOffender();
    }
}
