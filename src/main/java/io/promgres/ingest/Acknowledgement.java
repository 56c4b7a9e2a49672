package io.promgres.ingest;

import io.promgres.model.Rejections;

/** What a write request waits for. One of the methods is called, once, on a thread that must not be held up. */
public interface Acknowledgement {

    /** Every sample of the request is committed, but for the rejected ones. */
    void stored(Rejections rejections);

    /** Whether anybody waits for it: the parts of a request that are not begun are ended without being done otherwise. */
    default boolean isAwaited() {
        return true;
    }

    /** Not all of the request is committed; the same request may be sent again, and nothing will be doubled. */
    void unavailable(String reason);
}
