package io.promgres.codec;

/** An answer of remote read has a chunk in an encoding that cannot be read here. As samples it may be readable. */
public final class UnknownEncodingException extends MalformedBodyException {

    public UnknownEncodingException(int encoding) {
        super("a chunk has the encoding " + encoding
                + ", which is none of 1 (XOR), 2 (HISTOGRAM) and 3 (FLOAT_HISTOGRAM)");
    }
}
