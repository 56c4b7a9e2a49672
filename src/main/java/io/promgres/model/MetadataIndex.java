package io.promgres.model;

/** Tells which metadata is stored already, by the bytes that it had on the wire. */
public interface MetadataIndex {

    /** Whether the metadata with the key {@code bytes[from, to)} is stored. Does not keep {@code bytes}. */
    boolean isKnown(byte[] bytes, int from, int to);
}
