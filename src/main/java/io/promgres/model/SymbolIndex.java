package io.promgres.model;

/** Numbers texts by their bytes, so that a series whose texts came before is recognised by their numbers. */
public interface SymbolIndex {

    /**
     * The number of the text that stands in {@code bytes[from, to)}: from 1, below 2^48, and never the number of another
     * text. A text may get another number when it has not been asked for in a while. Does not keep {@code bytes}.
     */
    long idOf(byte[] bytes, int from, int to);
}
