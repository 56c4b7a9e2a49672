package io.promgres.bench;

import java.util.List;

/**
 * A remote write request before compression.
 *
 * @param bytes with any bytes where fields are
 * @param fields in their order
 */
record Message(byte[] bytes, List<Field> fields) {}
