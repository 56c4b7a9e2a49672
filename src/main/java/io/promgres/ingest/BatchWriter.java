package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.Rejections.Reason;
import io.promgres.observe.Metrics;
import io.promgres.store.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A queue of what is written beside samples, on a thread of its own, so that samples wait for none of it. What waits shares
 * a transaction.
 *
 * <p>What the database refuses must not take its neighbours along: the requests of a batch are then tried one by one, and the
 * one that is refused alone is told so and not sent again. After any other error all of them are to be sent again.
 *
 * @param <T> what a request brings several of
 */
abstract class BatchWriter<T> extends Worker<BatchWriter.Part<T>> implements Lane {

    /** What one request brings. */
    record Part<T>(List<T> items, PendingWrite pending) {}

    private final String what;
    private final Function<DecodedWrite, List<T>> items;
    private final int enough;

    /**
     * @param what is written, in the plural: the name of the queue, and a word of messages
     * @param items what a request holds of it
     * @param enough a batch of so many items takes in no other request; one request may have more
     */
    BatchWriter(String what, Function<DecodedWrite, List<T>> items, int enough, Metrics metrics) {
        super(what, metrics);
        this.what = what;
        this.items = items;
        this.enough = enough;
    }

    @Override
    public boolean concerns(DecodedWrite write) {
        return !items.apply(write).isEmpty();
    }

    @Override
    public void accept(DecodedWrite write, PendingWrite pending) {
        add(new Part<>(items.apply(write), pending));
    }

    @Override
    public Stream<Worker<?>> workers() {
        return Stream.of(this);
    }

    /**
     * Stores the items of these parts, and rejects those for which there is no place. When it returns, all of that is
     * committed; the parts are ended by the caller.
     *
     * @throws SQLException if nothing is stored or rejected, or it is not known: to do it again is right
     */
    abstract void write(List<Part<T>> parts) throws SQLException;

    /** So many items, by the kind that they are. */
    abstract Counts counts(int items);

    /** The items of all of these parts, in their order. */
    static <T> List<T> items(List<Part<T>> parts) {
        return parts.stream().flatMap(part -> part.items().stream()).toList();
    }

    @Override
    void work(Part<T> first) {
        List<Part<T>> parts = new ArrayList<>();
        int size = 0;
        for (Part<T> part = first; part != null; part = size < enough ? poll() : null) {
            parts.add(part);
            size += part.items().size();
        }
        store(parts);
    }

    private void store(List<Part<T>> parts) {
        try {
            write(parts);
        } catch (SQLException | RuntimeException e) {
            fail(parts, e);
            return;
        }
        parts.forEach(this::stored);
    }

    private void stored(Part<T> part) {
        ended(part);
        part.pending().stored();
    }

    private void fail(List<Part<T>> parts, Exception e) {
        if (!SqlErrors.isRefusal(e)) {
            parts.forEach(part -> {
                ended(part);
                refuse(part, "the database did not take " + what + ": " + e.getMessage());
            });
        } else if (parts.size() > 1) {
            parts.forEach(part -> store(List.of(part)));
        } else {
            reject(parts.get(0), e);
        }
    }

    private void reject(Part<T> part, Exception e) {
        Counts all = counts(part.items().size());
        part.pending().reject(Reason.REFUSED_BY_DATABASE, all, what + ": " + e.getMessage());
        stored(part);
    }

    @Override
    boolean isAwaited(Part<T> part) {
        return part.pending().isAwaited();
    }

    @Override
    void refuse(Part<T> part, String reason) {
        part.pending().failed(reason);
    }
}
