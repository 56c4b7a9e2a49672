package io.promgres.ingest;

import io.promgres.model.Rejections;

/** What a write request waits for. One of the methods is called, once, on a thread that must not be held up. */
public interface Acknowledgement {

    /** Every sample of the request is committed, but for the rejected ones. */
    void stored(Rejections rejections);

    /** Whether a client waits for it; if none does, the parts of the request that have not begun are dropped. */
    default boolean isAwaited() {
        return true;
    }

    /** Not all of the request is committed; the same request may be sent again, and nothing will be doubled. */
    void unavailable(String reason);
}
