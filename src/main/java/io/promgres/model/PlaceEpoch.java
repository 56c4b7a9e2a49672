package io.promgres.model;

import java.util.UUID;

/**
 * Up to when a database's history of places is known. A database that has this epoch has given all places that were known
 * by then to the same series, however it came about: no other database and no other history of this one has the token.
 *
 * @param number counts the transactions that give or take places
 * @param token random, drawn with the epoch
 */
public record PlaceEpoch(long number, UUID token) {

    /** No places are known, hence of every database. */
    public static final PlaceEpoch NONE = new PlaceEpoch(0, new UUID(0, 0));
}
